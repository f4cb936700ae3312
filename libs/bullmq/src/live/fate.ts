import type { Job as BullJob } from 'bullmq';

/** The errors with which a processor says that it has put its job back. */
const PUT_BACK = ['DelayedError', 'WaitingError', 'WaitingChildrenError', 'RateLimitError'];

/**
 * What BullMQ makes of a job whose processor has thrown, reckoned as BullMQ does it. Two settings of a worker are not seen
 * from here: `maxStartedAttempts`, and a backoff strategy that answers −1.
 */
export function fateOf({ attemptsMade, opts }: Pick<BullJob, 'attemptsMade' | 'opts'>, error: unknown): 'failed' | 'retried' | 'put back' {
  const name = error instanceof Error ? error.name : '';
  if (PUT_BACK.includes(name)) return 'put back';
  return name !== 'UnrecoverableError' && attemptsMade + 1 < (opts.attempts ?? 1) ? 'retried' : 'failed';
}
