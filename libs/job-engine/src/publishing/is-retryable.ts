import { RefusalError, REFUSALS } from '@harmonia/contract';

/** Whether the same words may be said again later, to this process. */
export function isRetryable(error: unknown): boolean {
  return error instanceof RefusalError && error.code !== 'server-stopping' && REFUSALS[error.code].remedy === 'retry';
}

/** Whether the store knows no such job. */
export function isJobUnknown(error: unknown): boolean {
  return error instanceof RefusalError && error.code === 'job-unknown';
}
