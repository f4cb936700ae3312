import * as v from 'valibot';
import { JobIdSchema, UserIdSchema } from './job-id.js';
import { JobTagsSchema, JobTitleSchema } from './job-text.js';
import { ProgressReportSchema } from './progress-report.js';

/** The largest inline input or result, in bytes of JSON [R11]; anything larger is a file. */
export const MAX_INLINE_BYTES = 64 * 1024;

const MAX_INLINE_LEVELS = 100;

/** Circular values end here too; some thousand levels would overflow the stack of whoever writes them as JSON. */
const isWithinLevels = (value: unknown, levels: number): boolean =>
  typeof value !== 'object' || value === null || (levels > 0 && Object.values(value).every((inner) => isWithinLevels(inner, levels - 1)));

function isInlineJson(value: unknown): boolean {
  if (!isWithinLevels(value, MAX_INLINE_LEVELS)) return false;
  try {
    return new TextEncoder().encode(JSON.stringify(value)).length <= MAX_INLINE_BYTES;
  } catch {
    return false; // a BigInt, or a toJSON that throws
  }
}

/** An inline input or result: any JSON of at most {@link MAX_INLINE_BYTES} and 100 levels. */
export const InlineJsonSchema = v.pipe(
  v.unknown(),
  v.check(isInlineJson, 'Inline JSON is at most 64 KB and 100 levels deep: store a file and name its path instead.'),
);

/** Any language can count so far, and no report can push a counter beyond what is exact. */
const CounterSchema = v.pipe(
  v.number('Attempt and sequence are numbers.'),
  v.integer('Attempt and sequence are whole numbers.'),
  v.minValue(1, 'Attempt and sequence count from 1.'),
  v.maxValue(2 ** 31 - 1, 'Attempt and sequence are at most 2^31 − 1.'),
);

/** Why an attempt failed: a code in kebab case for programs, a sentence for people. */
export const ReportedErrorSchema = v.object({
  code: v.pipe(
    v.string('An error code is a string.'),
    v.maxLength(64, 'An error code is at most 64 characters.'),
    v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'An error code is lower-case words joined by "-".'),
  ),
  message: v.pipe(
    v.string('An error message is a string.'),
    v.minLength(1, 'An error message is not empty.'),
    v.maxLength(2000, 'An error message is at most 2000 characters.'),
  ),
});

/** See {@link ReportedErrorSchema}. */
export type ReportedError = v.InferOutput<typeof ReportedErrorSchema>;

const REPORTED_STATUSES = ['processing', 'completed', 'failed', 'cancelled'] as const;

/**
 * What a worker anywhere says of its attempt [R4]: `sequence` counts the reports of this attempt from 1. A report with
 * neither status nor progress is a heartbeat [R10]. `userId` lets a reporter create a job it is first to name [R12].
 *
 * @example v.parse(JobReportSchema, { attempt: 1, sequence: 3, progress: { current: 5, total: 9 } });
 */
export const JobReportSchema = v.pipe(
  v.object({
    attempt: CounterSchema,
    sequence: CounterSchema,
    status: v.optional(v.picklist(REPORTED_STATUSES, `A report says one of: ${REPORTED_STATUSES.join(', ')}.`)),
    progress: v.optional(ProgressReportSchema),
    result: v.optional(InlineJsonSchema),
    error: v.optional(ReportedErrorSchema),
    userId: v.optional(UserIdSchema),
    title: v.optional(JobTitleSchema),
    tags: v.optional(JobTagsSchema),
  }),
  v.forward(
    v.check((report) => report.result === undefined || report.status === 'completed', 'Only a report of "completed" carries a result.'),
    ['result'],
  ),
  v.forward(
    v.check(
      (report) => (report.error !== undefined) === (report.status === 'failed'),
      'A report of "failed" carries an error, and no other does.',
    ),
    ['error'],
  ),
);

/** See {@link JobReportSchema}. */
export type JobReport = v.InferOutput<typeof JobReportSchema>;

/** Why a report changed nothing: *stale* is older than what is known, *latched* came after the attempt had ended [R4]. */
export type ReportRefusal = 'stale' | 'latched';

/** What a reporter is told, and resumes from [R4]: the job's current attempt, its highest sequence and version. */
export type ReportAnswer = { readonly epoch: string; readonly attempt: number; readonly sequence: number; readonly version: number } & (
  { readonly accepted: true } | { readonly accepted: false; readonly reason: ReportRefusal }
);

/** The body of a create request: `{ jobType, id?, title?, tags?, input? }` [R12]. */
export const CreateJobSchema = v.object({
  jobType: v.string('Say which kind of job: jobType.'),
  id: v.optional(JobIdSchema),
  title: v.optional(JobTitleSchema),
  tags: v.optional(JobTagsSchema, []),
  input: v.optional(InlineJsonSchema, null),
});

/** What a client sends to create a job. */
export type CreateJob = v.InferInput<typeof CreateJobSchema>;
