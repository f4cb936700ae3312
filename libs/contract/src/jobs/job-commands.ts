import * as v from 'valibot';
import { JobIdSchema, JobTypeSchema } from './job-id.js';
import { JOB_STATUSES } from './job-status.js';
import { JobTagSchema, type Job } from './job.js';
import type { JobRemoval } from './job-events.js';

/** `job:subscribe` and `job:unsubscribe` [S1]. */
export const JobWatchSchema = v.object({ jobId: JobIdSchema });

/** See {@link JobWatchSchema}. */
export type JobWatch = v.InferOutput<typeof JobWatchSchema>;

/** What subscribing to one job answers [S2]. */
export interface JobSnapshot {
  readonly epoch: string;
  readonly job: Job;
}

/** What subscribing to a list answers [S2]: active jobs and the newest finished ones; `more` when the list goes on. */
export interface JobListSnapshot {
  readonly epoch: string;
  readonly jobs: readonly Job[];
  readonly more: boolean;
}

const CursorSchema = v.pipe(v.string(), v.maxLength(512));

/**
 * `jobs:sync` [S5]: declares every watch of this socket and asks for what changed since. `jobs` maps each watched job to
 * the version already known (0: none); `user` and `all` hold the list's last cursor, null for a snapshot, and are left
 * out when that list is not watched.
 */
export const JobsSyncSchema = v.object({
  epoch: v.nullable(v.pipe(v.string(), v.maxLength(128))),
  jobs: v.record(JobIdSchema, v.pipe(v.number(), v.safeInteger(), v.minValue(0))),
  user: v.optional(v.nullable(CursorSchema)),
  all: v.optional(v.nullable(CursorSchema)),
});

/** See {@link JobsSyncSchema}. */
export type JobsSync = v.InferOutput<typeof JobsSyncSchema>;

/** What changed in one list [S5]. `reset`: the jobs replace the list's membership; `more`: sync again with the cursor. */
export interface JobListChanges {
  readonly cursor: string;
  readonly reset: boolean;
  readonly more: boolean;
  readonly jobs: readonly Job[];
  readonly removed: readonly JobRemoval[];
}

/** What `jobs:sync` answers [S5]: only what differs from what the client declared. */
export interface JobsSyncAnswer {
  readonly epoch: string;
  readonly jobs: readonly Job[];
  readonly removed: readonly JobRemoval[];
  readonly user?: JobListChanges;
  readonly all?: JobListChanges;
}

const StatusSchema = v.picklist(JOB_STATUSES);

/** How a list is filtered and paged: `?status=failed&status=queued&type=pdf-notes&tag=urgent&text=report&limit=50&page=…`. */
export const JobListQuerySchema = v.object({
  status: v.optional(
    v.union([
      v.array(StatusSchema),
      v.pipe(
        StatusSchema,
        v.transform((status) => [status]),
      ),
    ]),
  ),
  type: v.optional(JobTypeSchema),
  tag: v.optional(JobTagSchema),
  /** Found in id or title, without regard to case. */
  text: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(100))),
  /** `all` lists every user's jobs; admins only. */
  scope: v.optional(v.picklist(['user', 'all']), 'user'),
  limit: v.optional(
    v.pipe(v.union([v.number(), v.pipe(v.string(), v.transform(Number))]), v.integer(), v.minValue(1), v.maxValue(200)),
    50,
  ),
  /** `nextPage` of the answer before. */
  page: v.optional(v.pipe(v.string(), v.maxLength(512))),
});

/** See {@link JobListQuerySchema}. */
export type JobListQuery = v.InferOutput<typeof JobListQuerySchema>;

/** One page of a list over HTTP, newest first; `nextPage` is null on the last. */
export interface JobPage {
  readonly jobs: readonly Job[];
  readonly nextPage: string | null;
}

/** One line of a job's history [R9]: a status change, or one of the newest progress changes. */
export interface JobHistoryEntry {
  readonly version: number;
  readonly attempt: number;
  /** ISO 8601, for display only [R1]. */
  readonly at: string;
  readonly status: Job['status'];
  readonly progress: Job['progress'];
  readonly reason?: 'interrupted' | 'retrying';
}

/** A link that works once, for 60 s, without a token in the address. */
export interface ResultTicket {
  readonly url: string;
  readonly expiresAt: string;
}
