import { RefusalError, REFUSALS } from '@harmonia/contract';

/**
 * What went wrong and what to do about it, in words for people: of a refusal its message and its cure.
 *
 * @example try { await jobs.cancel(id); } catch (error) { problem.set(explain(error)); }
 */
export function explain(error: unknown): string {
  if (!(error instanceof RefusalError)) return 'Something went wrong in this page. Try again.';
  const { cure } = REFUSALS[error.code];
  return error.message === cure ? cure : `${error.message} ${cure}`;
}
