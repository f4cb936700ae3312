/** Every status a job can have, in the order of its life [R3]. */
export const JOB_STATUSES = ['queued', 'processing', 'completed', 'failed', 'cancelled'] as const;

/** One of {@link JOB_STATUSES}. */
export type JobStatus = (typeof JOB_STATUSES)[number];

/** The statuses in which an attempt has ended: nothing reported for it counts any more [R4]. */
export type TerminalStatus = 'completed' | 'failed' | 'cancelled';

/**
 * Where a job may go from each status [R3]. Going back to `queued` always starts a new attempt; `completed` is final.
 *
 * @example LEGAL_TRANSITIONS.failed; // ['queued']
 */
export const LEGAL_TRANSITIONS = {
  queued: ['processing', 'failed', 'cancelled'],
  processing: ['queued', 'completed', 'failed', 'cancelled'],
  completed: [],
  failed: ['queued'],
  cancelled: ['queued'],
} as const satisfies Record<JobStatus, readonly JobStatus[]>;

/** Why a job that was being worked on is queued again; neither is a failure [R3]. */
export const REQUEUE_REASONS = ['interrupted', 'retrying'] as const;

/** One of {@link REQUEUE_REASONS}. */
export type RequeueReason = (typeof REQUEUE_REASONS)[number];

/**
 * Whether a job in this status has ended its attempt.
 *
 * @example isTerminal('cancelled'); // true
 */
export function isTerminal(status: JobStatus): status is TerminalStatus {
  return status === 'completed' || status === 'failed' || status === 'cancelled';
}

/**
 * Whether [R3] allows the step. A report of `completed` on a queued job implies its start, so callers that accept
 * reports go through `processing` themselves.
 *
 * @example isLegalTransition('completed', 'queued'); // false
 */
export function isLegalTransition(from: JobStatus, to: JobStatus): boolean {
  const next: readonly JobStatus[] = LEGAL_TRANSITIONS[from];
  return next.includes(to);
}
