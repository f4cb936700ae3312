import type { Job, RequeueReason } from '@harmonia/contract';

/** The changes that the job alone tells of. */
export type PlainEventKind = 'created' | 'started' | 'progress' | 'completed' | 'failed' | 'cancelled' | 'retried';

/**
 * One committed change, as followers of the store hear of it [R6, F1]: for each version one. `edited` names the owner
 * before, when it changed, and then the new one has not seen the body yet; `revoked` is an announcement in the same log and changes no job [S7].
 */
export type JobEvent =
  | { readonly kind: PlainEventKind; readonly job: Job }
  | { readonly kind: 'requeued'; readonly job: Job; readonly reason: RequeueReason }
  | { readonly kind: 'edited'; readonly job: Job; readonly previousUserId?: string }
  | { readonly kind: 'removed'; readonly id: string; readonly userId: string; readonly version: number }
  | { readonly kind: 'revoked'; readonly userId: string; readonly jobId?: string };

/** The events that bring a job in its new state. */
export type JobBearingEvent = Extract<JobEvent, { job: Job }>;

/** The events after which there is nothing to keep. */
export type JobLessEvent = Exclude<JobEvent, JobBearingEvent>;

/** Events in commit order, and the position after the last of them. */
export interface JobEventBatch {
  readonly epoch: string;
  readonly position: string;
  readonly events: readonly JobEvent[];
  /** Something before these events was missed, or belongs to another epoch: read anew what matters [F2]. There may be no events then. */
  readonly missed?: true;
}
