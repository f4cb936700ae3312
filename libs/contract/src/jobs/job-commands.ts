import * as v from 'valibot';
import { JobIdSchema, JobTypeSchema } from './job-id.js';
import { JOB_STATUSES } from './job-status.js';
import { JobTagSchema } from './job-text.js';
import { MAX_SYNC_JOBS } from './sync-limit.js';

/** `job:subscribe` and `job:unsubscribe` [S1]. */
export const JobWatchSchema = v.object({ jobId: JobIdSchema });

/** See {@link JobWatchSchema}. */
export type JobWatch = v.InferOutput<typeof JobWatchSchema>;

const isRecord = (value: unknown): value is Record<string, number> => typeof value === 'object' && value !== null && !Array.isArray(value);

const isVersion = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;

/** Not `v.record`: that silently drops some names of `Object.prototype`, and its issues repeat the keys that were sent. */
const KnownVersionsSchema = v.pipe(
  v.custom<Record<string, number>>(isRecord, 'Known jobs are an object of job ids and versions.'),
  v.check((known) => Object.keys(known).length <= MAX_SYNC_JOBS, `At most ${MAX_SYNC_JOBS} jobs are named in one sync.`),
  v.check((known) => Object.keys(known).every((id) => v.is(JobIdSchema, id)), 'Every key is a job id.'),
  v.check((known) => Object.values(known).every(isVersion), 'Every known version is a whole number from 0.'),
);

const CursorSchema = v.pipe(v.string('A cursor is a string.'), v.maxLength(512, 'A cursor is at most 512 characters.'));

/**
 * `jobs:sync` [S5]: declares every watch of this socket and asks for what changed since. `jobs` maps each watched job to
 * the version already known (0: none), at most {@link MAX_SYNC_JOBS}; `user` and `all` hold the list's last cursor, null
 * for a snapshot, and are left out when that list is not watched.
 *
 * @example socket.emit('jobs:sync', { epoch: null, jobs: { 'job-1': 0 }, user: null }, (answer) => …);
 */
export const JobsSyncSchema = v.object({
  epoch: v.nullable(v.pipe(v.string('An epoch is a string, or null.'), v.maxLength(128, 'An epoch is at most 128 characters.'))),
  jobs: KnownVersionsSchema,
  user: v.optional(v.nullable(CursorSchema)),
  all: v.optional(v.nullable(CursorSchema)),
});

/** See {@link JobsSyncSchema}. */
export type JobsSync = v.InferOutput<typeof JobsSyncSchema>;

const StatusSchema = v.picklist(JOB_STATUSES);
const WRONG_STATUS = `A status is one of: ${JOB_STATUSES.join(', ')}.`;
const WRONG_LIMIT = 'A limit is a whole number from 1 to 200.';

/** How a list is filtered and paged: `?status=failed&status=queued&type=pdf-notes&tag=urgent&text=report&limit=50&page=…`. */
export const JobListQuerySchema = v.object({
  status: v.optional(
    v.union(
      [
        v.array(StatusSchema),
        v.pipe(
          StatusSchema,
          v.transform((status) => [status]),
        ),
      ],
      WRONG_STATUS,
    ),
  ),
  type: v.optional(JobTypeSchema),
  tag: v.optional(JobTagSchema),
  /** Found in id or title, without regard to case. */
  text: v.optional(v.pipe(v.string('Search for a text.'), v.trim(), v.maxLength(100, 'Search for at most 100 characters.'))),
  /** `all` lists every user's jobs; admins only. */
  scope: v.optional(v.picklist(['user', 'all'], 'A scope is "user" or "all".'), 'user'),
  limit: v.optional(
    v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,3}$/, WRONG_LIMIT), v.transform(Number))], WRONG_LIMIT),
      v.integer(WRONG_LIMIT),
      v.minValue(1, WRONG_LIMIT),
      v.maxValue(200, WRONG_LIMIT),
    ),
    50,
  ),
  /** `nextPage` of the answer before. */
  page: v.optional(v.pipe(v.string('A page is what nextPage said.'), v.maxLength(512, 'A page is what nextPage said.'))),
});

/** See {@link JobListQuerySchema}. */
export type JobListQuery = v.InferOutput<typeof JobListQuerySchema>;
