import * as v from 'valibot';
import { isBytes } from '../connection/bytes.js';
import { EpochSchema } from '../connection/session.js';
import { JobRemovalSchema } from './job-events.js';
import { UserIdSchema } from './job-id.js';
import { JobProgressSchema } from './job-progress.js';
import { JOB_STATUSES, REQUEUE_REASONS } from './job-status.js';
import { JobSchema } from './job.js';

const JobsSchema = v.pipe(v.array(JobSchema), v.readonly());

/** What cannot be read stays what it is, which is no list. */
function readFromBytes(sent: unknown): unknown {
  if (!isBytes(sent)) return sent;
  try {
    return JSON.parse(new TextDecoder().decode(sent));
  } catch {
    return sent;
  }
}

/** Jobs as they are, or as the bytes of their JSON in UTF-8, which the gateway makes once for all who get the same [S5]. */
const SentJobsSchema = v.pipe(v.unknown(), v.transform(readFromBytes), JobsSchema);

const RemovalsSchema = v.pipe(v.array(JobRemovalSchema), v.readonly());

/** What subscribing to one job answers [S2]. */
export const JobSnapshotSchema = v.object({ epoch: EpochSchema, job: JobSchema });

/** See {@link JobSnapshotSchema}. */
export type JobSnapshot = v.InferOutput<typeof JobSnapshotSchema>;

/** What subscribing to a list answers [S2]: active jobs and the newest finished ones; `more` when the list goes on. */
export const JobListSnapshotSchema = v.object({ epoch: EpochSchema, jobs: SentJobsSchema, more: v.boolean() });

/** See {@link JobListSnapshotSchema}. */
export type JobListSnapshot = v.InferOutput<typeof JobListSnapshotSchema>;

/** What changed in one list [S5]. `reset`: the jobs replace the list's membership; `more`: sync again with the cursor. */
export const JobListChangesSchema = v.object({
  cursor: v.string(),
  reset: v.boolean(),
  more: v.boolean(),
  jobs: SentJobsSchema,
  removed: RemovalsSchema,
});

/** See {@link JobListChangesSchema}. */
export type JobListChanges = v.InferOutput<typeof JobListChangesSchema>;

/** What `jobs:sync` answers [S5]: only what differs from what the client declared. */
export const JobsSyncAnswerSchema = v.object({
  epoch: EpochSchema,
  jobs: JobsSchema,
  removed: RemovalsSchema,
  user: v.optional(JobListChangesSchema),
  all: v.optional(JobListChangesSchema),
});

/** See {@link JobsSyncAnswerSchema}. */
export type JobsSyncAnswer = v.InferOutput<typeof JobsSyncAnswerSchema>;

/** What a sync over HTTP answers [S5]: besides, whose session it is, which a socket says in `authenticated`. */
export const JobsPollSchema = v.object({ ...JobsSyncAnswerSchema.entries, userId: UserIdSchema });

/** See {@link JobsPollSchema}. */
export type JobsPoll = v.InferOutput<typeof JobsPollSchema>;

/** One page of a list over HTTP, newest first; `nextPage` is null on the last. */
export const JobPageSchema = v.object({ jobs: JobsSchema, nextPage: v.nullable(v.string()) });

/** See {@link JobPageSchema}. */
export type JobPage = v.InferOutput<typeof JobPageSchema>;

/** One line of a job's history [R9]: a status change, or one of the newest progress changes. */
export const JobHistoryEntrySchema = v.object({
  version: v.number(),
  attempt: v.number(),
  /** ISO 8601, for display only [R1]. */
  at: v.string(),
  status: v.picklist(JOB_STATUSES),
  progress: v.nullable(JobProgressSchema),
  reason: v.optional(v.picklist(REQUEUE_REASONS)),
});

/** See {@link JobHistoryEntrySchema}. */
export type JobHistoryEntry = v.InferOutput<typeof JobHistoryEntrySchema>;

/** A link that works once, for 60 s, without a token in the address. `expiresAt` is ISO 8601. */
export const ResultTicketSchema = v.object({ url: v.string(), expiresAt: v.string() });

/** See {@link ResultTicketSchema}. */
export type ResultTicket = v.InferOutput<typeof ResultTicketSchema>;
