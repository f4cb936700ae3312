import { ConfigurableModuleBuilder, Module, type DynamicModule, type ModuleMetadata, type Provider } from '@nestjs/common';
import { JwtSessionAuthenticator } from './connection/jwt-session-authenticator.js';
import { SessionAuthenticator } from './connection/session-authenticator.js';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions, type HarmoniaGatewayShape } from './gateway-options.js';
import { httpDoor } from './http/http-door.js';

/** What one door brings into the module: `socketDoor()` in jobs/, `httpDoor(options)` in http/. */
export type Door = Pick<ModuleMetadata, 'controllers' | 'providers' | 'exports'>;

const sessions: Provider = {
  provide: SessionAuthenticator,
  inject: [HARMONIA_GATEWAY_OPTIONS],
  useFactory: (options: HarmoniaGatewayOptions) => options.authenticator ?? new JwtSessionAuthenticator(options.jwt),
};

const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<HarmoniaGatewayOptions>({
  optionsInjectionToken: HARMONIA_GATEWAY_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras<HarmoniaGatewayShape>({ sockets: true, http: {} }, withDoors)
  .build();

/** Both doors share the sessions; the shape says which of them are open. */
function withDoors(definition: DynamicModule, { sockets, http }: HarmoniaGatewayShape): DynamicModule {
  const doors: Door[] = [...(sockets ? [] : []), ...(http ? [httpDoor(http)] : [])];
  return {
    ...definition,
    global: true,
    controllers: doors.flatMap((door) => door.controllers ?? []),
    providers: [...(definition.providers ?? []), sessions, ...doors.flatMap((door) => door.providers ?? [])],
    exports: [HARMONIA_GATEWAY_OPTIONS, SessionAuthenticator, ...doors.flatMap((door) => door.exports ?? [])],
  };
}

/** Tells connected clients about their jobs. */
@Module({})
export class HarmoniaGatewayModule extends ConfigurableModuleClass {}
