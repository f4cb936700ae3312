export { JwtSessionAuthenticator } from './connection/jwt-session-authenticator.js';
export { LocalSessions } from './connection/local-sessions.js';
export { SessionAuthenticator, type SessionCredentials } from './connection/session-authenticator.js';
export { useHarmoniaSockets } from './connection/use-harmonia-sockets.js';
export {
  HARMONIA_GATEWAY_OPTIONS,
  type HarmoniaFrameOptions,
  type HarmoniaGatewayOptions,
  type HarmoniaGatewayShape,
  type HarmoniaHttpOptions,
  type HarmoniaSlowSocketOptions,
  type JwtClaims,
  type JwtSessionOptions,
  type SessionSource,
} from './gateway-options.js';
export { HarmoniaGatewayModule } from './gateway.module.js';
export { harmoniaSessionOf } from './http/request-session.js';
export { JobsGateway } from './jobs/jobs.gateway.js';
export { RepairCounts } from './jobs/repair-counts.js';
