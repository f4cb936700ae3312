import type { Job, ProgressReport, RefusalCode, ReportedError, ReportRefusal, RequeueReason } from '@harmonia/contract';

/** What a job is before it has a status [R12]. */
export interface NewJob {
  readonly id: string;
  readonly userId: string;
  readonly jobType: string;
  readonly title: string | null;
  readonly tags: readonly string[];
  readonly input: unknown;
}

/** A worker's report [R4]. Without `attempt` it speaks of the current one, without `sequence` it is the newest. */
export interface ReportedChange {
  readonly kind: 'reported';
  readonly id: string;
  readonly attempt?: number;
  readonly sequence?: number;
  readonly status?: 'processing' | 'completed' | 'failed' | 'cancelled';
  readonly progress?: ProgressReport;
  readonly result?: unknown;
  readonly error?: ReportedError;
}

/**
 * What anyone may ask of the store; the store alone decides what comes of it. `lost` says that a worker was not heard of
 * [R10]: a new attempt while fewer than `maxAttempts` were cut off, else `failed`. The optional `…Before` bounds (ms since
 * 1970) make `lost` and `removed` void when the job has moved on since it was looked at.
 */
export type JobChange =
  | { readonly kind: 'created'; readonly job: NewJob }
  | ReportedChange
  | { readonly kind: 'requeued'; readonly id: string; readonly attempt?: number; readonly reason: RequeueReason }
  | {
      readonly kind: 'lost';
      readonly id: string;
      readonly attempt: number;
      readonly maxAttempts: number;
      readonly heartbeatBefore?: number;
    }
  | { readonly kind: 'cancelled'; readonly id: string }
  | { readonly kind: 'retried'; readonly id: string }
  | {
      readonly kind: 'edited';
      readonly id: string;
      readonly title?: string | null;
      readonly tags?: readonly string[];
      readonly userId?: string;
    }
  | { readonly kind: 'removed'; readonly id: string; readonly endedBefore?: number }
  | { readonly kind: 'revoked'; readonly userId: string; readonly jobId?: string };

/** A job as the store keeps it: the job itself and what only the store and its workers need to know. */
export interface JobRecord {
  readonly job: Job;
  /** The highest sequence reported for this attempt [R4]. */
  readonly sequence: number;
  /** How many attempts in a row were cut off, since creation or the last retry on request. */
  readonly restarts: number;
  /** When a worker was last heard of, ms since 1970 [R10]. */
  readonly heartbeatAt: number;
  /** When the attempt ended, ms since 1970; null while it has not. */
  readonly endedAt: number | null;
}

/** A removed job, remembered for 24 h [R13]. */
export interface Tombstone {
  readonly id: string;
  readonly userId: string;
  readonly version: number;
}

/**
 * What came of a change: `accepted` moved the version, `unchanged` was fine but brought nothing new (a heartbeat, a
 * repeated create), `ignored` was stale or latched [R4], `refused` was not possible. `revoked` and `removed` have no record.
 */
export type ChangeOutcome =
  | { readonly result: 'accepted' | 'unchanged'; readonly epoch: string; readonly record: JobRecord | null }
  | { readonly result: 'ignored'; readonly epoch: string; readonly reason: ReportRefusal; readonly record: JobRecord }
  | { readonly result: 'refused'; readonly epoch: string; readonly code: ChangeRefusal };

/** Why the store refuses a change. */
export type ChangeRefusal = Extract<RefusalCode, 'job-unknown' | 'job-id-conflict' | 'status-conflict'>;
