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
  type JwtHolder,
  type JwtKeyOptions,
  type JwtSessionOptions,
  type SessionSource,
} from './gateway-options.js';
export { HarmoniaGatewayModule } from './gateway.module.js';
export { harmoniaSessionOf } from './http/request-session.js';
export type { HarmoniaLimitsOptions } from './limits/limits.js';
export { JobsGateway } from './jobs/jobs.gateway.js';
export { UserMessages } from './messages/user-messages.js';
export { NodeBus, type HearNode } from './nodes/node-bus.js';
export type { HarmoniaNodesOptions } from './nodes/nodes-options.js';
export { RedisNodeBus, type RedisAddress } from './nodes/redis-node-bus.js';
export { GatewayMetrics } from './operations/gateway-metrics.js';
export { GatewayOperations } from './operations/gateway-operations.js';
export type { HarmoniaPresenceOptions } from './presence/presence-options.js';
export { PresencePolicy, SharedJobPresencePolicy } from './presence/presence-policy.js';
export { Presence } from './presence/presence.js';
export { Sessions, type SessionEnding } from './sessions/sessions.js';
export { RepairCounts } from './jobs/repair-counts.js';
