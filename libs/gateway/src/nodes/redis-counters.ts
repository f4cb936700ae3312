import { Redis } from 'ioredis';
import type { HarmoniaGatewayOptions } from '../gateway-options.js';

/** One that does not answer within so many ms is not waited for. */
const ANSWER_MS = 250;

/** The Redis in which nodes count together; null where they share none. While it is away whoever asks is told so at once. */
export function redisCounters({ nodes }: HarmoniaGatewayOptions): Redis | null {
  if (!nodes?.redis) return null;
  const patience = { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: ANSWER_MS, connectionName: 'harmonia counts' };
  const redis = typeof nodes.redis === 'string' ? new Redis(nodes.redis, patience) : new Redis({ ...nodes.redis, ...patience });
  // each node counts for itself then; that it is away is said by those who need it more
  redis.on('error', () => undefined);
  return redis;
}
