import { RefusalError } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes, type RateLimiterAbstract } from 'rate-limiter-flexible';
import { HARMONIA_GATEWAY_OPTIONS, type HarmoniaGatewayOptions } from '../gateway-options.js';
import { redisCounters } from '../nodes/redis-counters.js';
import { holderOf } from './client-address.js';
import { limitsOf } from './limits.js';

const MINUTE = { duration: 60 };

/**
 * How much a user, and an address that nobody has signed in from, may ask over HTTP [L1]. Users are counted at all nodes
 * together where these share a Redis, addresses at each.
 */
@Injectable()
export class RequestLimit implements OnApplicationShutdown {
  private readonly users: RateLimiterAbstract;
  private readonly refused: RateLimiterMemory;
  private readonly redis: ReturnType<typeof redisCounters>;

  constructor(@Inject(HARMONIA_GATEWAY_OPTIONS) options: HarmoniaGatewayOptions) {
    const { requestsPerMinute, refusedPerMinute } = limitsOf(options);
    this.refused = new RateLimiterMemory({ ...MINUTE, points: refusedPerMinute });
    const alone = new RateLimiterMemory({ ...MINUTE, points: requestsPerMinute });
    this.redis = redisCounters(options);
    const keyPrefix = `${options.nodes?.redis ? (options.nodes.prefix ?? 'harmonia') : ''}:requests`;
    const shared = { ...MINUTE, points: requestsPerMinute, keyPrefix, insuranceLimiter: alone, rejectIfRedisNotReady: true };
    this.users = this.redis ? new RateLimiterRedis({ ...shared, storeClient: this.redis }) : alone;
  }

  /** Whether users are counted at all nodes together now. */
  get isShared(): boolean {
    return this.redis?.status === 'ready';
  }

  /** Counts a request of a session. @throws RefusalError `rate-limited` */
  async admit({ userId, scopes }: JobSession): Promise<void> {
    // programs of the application tell of many jobs, for many users
    if (!scopes.includes('jobs:report')) await counted(this.users, userId);
  }

  /** Before a session is looked for. @throws RefusalError `rate-limited` when too much from there was refused. */
  async admitFrom(address: string): Promise<void> {
    const { remainingPoints = 1, msBeforeNext = 0 } = (await this.refused.get(holderOf(address))) ?? {};
    if (remainingPoints <= 0) throw new RefusalError('rate-limited', undefined, msBeforeNext);
  }

  /** No session was found. */
  async noteRefused(address: string): Promise<void> {
    await this.refused.penalty(holderOf(address));
  }

  async onApplicationShutdown(): Promise<void> {
    this.redis?.disconnect();
  }
}

async function counted(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (error) {
    throw error instanceof RateLimiterRes ? new RefusalError('rate-limited', undefined, error.msBeforeNext) : error;
  }
}
