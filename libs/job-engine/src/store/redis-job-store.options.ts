import type { AuditRetention } from '../audit/audit-log.js';
import type { RedisProblem } from './redis-problem.js';

/** How a `RedisJobStore` is opened. */
export interface RedisJobStoreOptions {
  /**
   * `redis://[user:password@]host[:port][/database]`, or `rediss://…` for TLS. Several are nodes of a Redis Cluster, which leads
   * to its others; each partition then has a connection of its own to the node that holds it.
   */
  readonly url: string | readonly string[];
  /** Before every key, so that applications can share a Redis. Default: `harmonia`. */
  readonly prefix?: string;
  /** Over how many slots the jobs are spread [F4]; every node must say the same, for as long as there are jobs. Default: 1. */
  readonly partitions?: number;
  /** How many changes a follower may lag behind before it has to read anew. Default: 50,000. */
  readonly streamChanges?: number;
  /** Without an answer for so long Redis counts as unreachable, ms. Default: 3000. */
  readonly timeoutMs?: number;
  /** How long a call waits for a connection that was just lost to come back, ms. Default: 1000. */
  readonly patienceMs?: number;
  /** For how long who did what is remembered [A2]. Default: 90 days, 100,000 entries. */
  readonly audit?: AuditRetention;
  /** The clock, ms since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Told once of each trouble, and with null when it is over. Default: a warning of the process. */
  readonly onTrouble?: (problem: RedisProblem | null) => void;
}

/** The options with their defaults. */
export type RedisJobStoreSettings = Required<RedisJobStoreOptions>;

const DEFAULTS = { prefix: 'harmonia', partitions: 1, streamChanges: 50_000, timeoutMs: 3000, patienceMs: 1000, audit: {} };

export const settingsOf = (options: RedisJobStoreOptions): RedisJobStoreSettings => ({
  ...DEFAULTS,
  now: Date.now,
  onTrouble: warnOf,
  ...options,
});

/** Node's warnings are seen without a logger. */
function warnOf(problem: RedisProblem | null): void {
  const code = problem?.code ?? 'redis-back';
  process.emitWarning(problem?.message ?? 'Redis can be used again.', { type: 'HarmoniaRedis', code });
}
