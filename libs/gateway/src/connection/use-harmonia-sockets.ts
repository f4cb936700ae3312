import type { INestApplication } from '@nestjs/common';
import { ApplicationConfig, ModulesContainer, Reflector } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { ServerOptions } from 'socket.io';
import { GATEWAY_METADATA, GATEWAY_OPTIONS, PORT_METADATA } from '@nestjs/websockets/internal';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { limitsOf } from '../limits/limits.js';
import { Strangers } from '../limits/strangers.js';
import { Handshake } from './handshake.js';
import { CONFIGURED, HarmoniaSocketAdapter, pathOf } from './harmonia-socket-adapter.js';

/** Whether the module serves sockets: its shape, for whoever has only the container. */
export const SERVES_SOCKETS = Symbol('harmonia:serves-sockets');

/**
 * Opens Harmonia's door for sockets in an app: call it before `app.listen()`, after `app.useWebSocketAdapter()` when the
 * host has an adapter of its own. It wraps that adapter and leaves every other gateway as it was. Does nothing when the
 * module was imported with `sockets: false`.
 *
 * @throws Error when the host's adapter is no Socket.IO adapter, or recovers the state of connections.
 * @example
 * const app = await NestFactory.create(AppModule);
 * useHarmoniaSockets(app);
 * await app.listen(3333);
 */
export function useHarmoniaSockets(app: INestApplication): void {
  if (!app.get<boolean>(SERVES_SOCKETS)) return;
  const options = app.get<HarmoniaGatewayOptions>(HARMONIA_GATEWAY_OPTIONS);
  const path = pathOf(options);
  const limits = limitsOf(options);
  const settings = {
    namespace: options.namespace ?? '/',
    path,
    maxMessageBytes: Math.max(limits.messageBytes, limits.syncBytes),
    hostGateway: hostGatewayOn(path, app),
  };
  app.useWebSocketAdapter(new HarmoniaSocketAdapter(hostAdapterOf(app), app.get(Handshake), app.get(Strangers), settings));
}

function hostAdapterOf(app: INestApplication): IoAdapter {
  const adapter: unknown = app.get(ApplicationConfig).getIoAdapter();
  if (adapter instanceof IoAdapter) return adapter;
  if (adapter) throw new Error('Harmonia speaks Socket.IO: give the app an IoAdapter, or import the module with sockets: false.');
  return new IoAdapter(app);
}

/**
 * The options of the first gateway of the host that shares our path on the app's own port. Nest asks for servers in the
 * order of modules, so waiting for the host's turn would let that order decide whose options count.
 */
function hostGatewayOn(path: string, app: INestApplication): Partial<ServerOptions> | null {
  const reflector = app.get(Reflector);
  const providers = [...app.get(ModulesContainer).values()].flatMap((module) => [...module.providers.values()]);
  const gateways = providers.flatMap(({ metatype }) => (metatype && reflector.get<boolean>(GATEWAY_METADATA, metatype) ? [metatype] : []));
  const onAppPort = gateways.filter((gateway) => reflector.get<number>(PORT_METADATA, gateway) === 0);
  const options = onAppPort.map((gateway) => reflector.get<Partial<ServerOptions>>(GATEWAY_OPTIONS, gateway));
  return options.find((one) => one.path !== CONFIGURED && pathOf(one) === path) ?? null;
}
