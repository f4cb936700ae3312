import type { Provider } from '@angular/core';
import { GatewayHttp } from './gateway-http';
import { HarmoniaConnection } from './harmonia-connection';
import { PageWake } from './page-wake';
import { Polling } from './polling';
import { RealtimeSocket } from './realtime-socket';
import { RetryClock } from './retry-clock';
import { SessionRenewal } from './session-renewal';
import { SessionToken } from './session-token';

/** What one connection consists of. */
export const CONNECTION_PROVIDERS: readonly Provider[] = [
  SessionToken,
  SessionRenewal,
  RealtimeSocket,
  HarmoniaConnection,
  PageWake,
  Polling,
  RetryClock,
  GatewayHttp,
];
