/** What can be wrong with Redis. */
export type RedisTrouble =
  'redis-away' | 'redis-slow' | 'redis-password' | 'redis-read-only' | 'redis-full' | 'redis-loading' | 'redis-cluster' | 'redis-error';

const SENTENCES: Record<RedisTrouble, string> = {
  'redis-away': 'Redis cannot be reached. Start it, or correct its address; Harmonia connects by itself as soon as it answers.',
  'redis-slow': 'Redis does not answer in time. Look for slow commands (SLOWLOG GET), a full disk or a network that drops packets.',
  'redis-password': 'Redis refuses the user or password that it was given. Correct them in the configuration; Harmonia goes on trying.',
  'redis-read-only': 'Redis takes no writes. Connect to the primary, not to a replica, and see that Redis can write its disk.',
  'redis-full':
    'Redis is out of memory. Raise maxmemory, or shorten the retention of jobs; keys must not be evicted (maxmemory-policy noeviction).',
  'redis-loading': 'Redis is starting and still reads its data. Wait; Harmonia goes on as soon as it answers.',
  'redis-cluster':
    'The Redis Cluster does not serve these keys just now, or only one of its nodes was named. Look at CLUSTER INFO, and name several nodes.',
  'redis-error': 'Redis refused a command of the job store. The cause says why.',
};

/** The first word of what Redis answers. */
const ANSWERS: Readonly<Record<string, RedisTrouble>> = {
  NOAUTH: 'redis-password',
  WRONGPASS: 'redis-password',
  NOPERM: 'redis-password',
  READONLY: 'redis-read-only',
  MISCONF: 'redis-read-only',
  NOREPLICAS: 'redis-read-only',
  OOM: 'redis-full',
  LOADING: 'redis-loading',
  MASTERDOWN: 'redis-loading',
  BUSY: 'redis-slow',
  CLUSTERDOWN: 'redis-cluster',
  MOVED: 'redis-cluster',
  ASK: 'redis-cluster',
  TRYAGAIN: 'redis-cluster',
};

/**
 * Why the job store cannot use Redis: `code` for programs, and a sentence that says what to do. It never names the
 * address, since that may hold a password.
 *
 * @example if (refusal.cause instanceof RedisProblem) logger.error(`${refusal.cause.code}: ${refusal.cause.message}`);
 */
export class RedisProblem extends Error {
  override readonly name = 'RedisProblem';

  /** @param cause what the client or Redis said, for the log */
  constructor(
    readonly code: RedisTrouble,
    cause?: unknown,
  ) {
    super(SENTENCES[code], { cause });
  }
}

/** What an error of the Redis client means. */
export function redisProblem(error: unknown): RedisProblem {
  if (error instanceof RedisProblem) return error;
  return new RedisProblem(troubleOf(error), withoutCommand(error));
}

/** The client hangs the command that failed on its error, and that may be the one with the password. */
const withoutCommand = (error: unknown): Error => new Error(messageOf(error));

function messageOf(error: unknown): string {
  const isError = typeof error === 'object' && error !== null && 'message' in error;
  return isError && typeof error.message === 'string' ? error.message : String(error);
}

function troubleOf(error: unknown): RedisTrouble {
  const message = messageOf(error);
  const [word = ''] = message.split(' ');
  const known = ANSWERS[word];
  if (known) return known;
  if (/timeout|timed out|ETIMEDOUT/i.test(message)) return 'redis-slow';
  // every answer of Redis begins with such a word; anything else says that there was none
  return /^[A-Z]{2,}$/.test(word) ? 'redis-error' : 'redis-away';
}

/** Whether it is not known what became of a command. */
export const isLost = (error: unknown): boolean =>
  error instanceof RedisProblem && (error.code === 'redis-away' || error.code === 'redis-slow');
