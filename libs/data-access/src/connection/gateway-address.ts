import { InjectionToken } from '@angular/core';

/** Where the gateway is. Each part has a default, so `withGateway({})` means the page's own origin. */
export interface GatewayOptions {
  /** Its origin, such as `https://jobs.example.com`; default: the page's own. */
  readonly url?: string;
  /** The Socket.IO namespace; default `/`. */
  readonly namespace?: string;
  /** The path of the Socket.IO endpoint; default `/socket.io`. */
  readonly path?: string;
  /** The prefix of the HTTP routes; default `/api`. */
  readonly api?: string;
  /**
   * How the Socket.IO connection is made, the first that works; default `['websocket']`. `polling` needs a balancer with
   * sticky sessions, since its requests have to reach the same server; without it the client asks over HTTP where a
   * websocket cannot get through.
   */
  readonly transports?: readonly ('websocket' | 'polling')[];
  /** Milliseconds between two syncs that nothing else asks for, a backstop; default 300,000. */
  readonly syncEveryMs?: number;
}

/** {@link GatewayOptions} with its defaults filled in. */
export type GatewayAddress = Required<GatewayOptions>;

/** Fills in the defaults. */
export function gatewayAddress(options: GatewayOptions): GatewayAddress {
  const { url = '', namespace = '/', path = '/socket.io', api = '/api', transports = ['websocket'], syncEveryMs = 300_000 } = options;
  return { url: url.replace(/\/+$/, ''), namespace, path, api, transports, syncEveryMs };
}

/** The gateway that `withGateway` set. */
export const GATEWAY_ADDRESS = new InjectionToken<GatewayAddress>('the address of Harmonia’s gateway', {
  factory: () => gatewayAddress({}),
});
