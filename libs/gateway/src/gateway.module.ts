import { ConfigurableModuleBuilder, Module, type DynamicModule, type ModuleMetadata, type Provider } from '@nestjs/common';
import { JwtSessionAuthenticator } from './connection/jwt-session-authenticator.js';
import { SessionAuthenticator } from './connection/session-authenticator.js';
import { SERVES_SOCKETS } from './connection/use-harmonia-sockets.js';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions, type HarmoniaGatewayShape } from './gateway-options.js';
import { httpDoor } from './http/http-door.js';
import { socketDoor } from './jobs/socket-door.js';
import { operations } from './operations/operations-door.js';
import { limitsDoor } from './limits/limits-door.js';
import { Admission } from './sessions/admission.js';
import { ShareTokens } from './shares/share-tokens.js';
import { EndedSessions } from './sessions/ended-sessions.js';
import { Sessions } from './sessions/sessions.js';
import { people, peopleOnSockets } from './people.js';

/** What one door brings into the module. */
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

const servesSockets = (served: boolean): Provider => ({ provide: SERVES_SOCKETS, useValue: served });

/** Both doors share the sessions; the shape says which of them are open. */
function withDoors(definition: DynamicModule, { sockets, http }: HarmoniaGatewayShape): DynamicModule {
  const doors: Door[] = [
    operations,
    limitsDoor,
    people,
    ...(sockets === false ? [] : [socketDoor, peopleOnSockets]),
    ...(http === false ? [] : [httpDoor(http ?? {})]),
  ];
  return {
    ...definition,
    global: true,
    controllers: doors.flatMap((door) => door.controllers ?? []),
    providers: [
      ...(definition.providers ?? []),
      sessions,
      EndedSessions,
      Sessions,
      Admission,
      ShareTokens,
      servesSockets(sockets !== false),
      ...doors.flatMap((door) => door.providers ?? []),
    ],
    exports: [HARMONIA_GATEWAY_OPTIONS, SessionAuthenticator, Sessions, ...doors.flatMap((door) => door.exports ?? [])],
  };
}

/**
 * Tells connected clients about their jobs: over Socket.IO, which `useHarmoniaSockets(app)` opens, and over HTTP. It needs
 * `HarmoniaJobsModule` beside it and is global, so that `JobsGateway` can be injected everywhere. What it takes stands in
 * {@link HarmoniaGatewayOptions} and {@link HarmoniaGatewayShape}; the shape is given beside the factory of `forRootAsync`.
 *
 * @example
 * HarmoniaGatewayModule.forRoot({ jwt: { secret }, origins: ['https://console.example'] });
 * HarmoniaGatewayModule.forRootAsync({ sockets: false, inject: [Config], useFactory: (config: Config) => config.gateway });
 */
@Module({})
export class HarmoniaGatewayModule extends ConfigurableModuleClass {}
