import * as v from 'valibot';
import { JobIdSchema, UserIdSchema } from './job-id.js';
import { JobTagsSchema, JobTitleSchema } from './job.js';
import { ProgressReportSchema } from './job-progress.js';

/** The largest inline input or result, in bytes of JSON [R11]; anything larger is a file. */
export const MAX_INLINE_BYTES = 64 * 1024;

const inlineBytes = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value) ?? '').length;

/** An inline result: any JSON of at most {@link MAX_INLINE_BYTES}. */
export const InlineJsonSchema = v.pipe(
  v.unknown(),
  v.check((value) => inlineBytes(value) <= MAX_INLINE_BYTES, 'Inline JSON is at most 64 KB: store a file and name its path instead.'),
);

const CounterSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));

/** Why an attempt failed: a code in kebab case for programs, a sentence for people. */
export const ReportedErrorSchema = v.object({
  code: v.pipe(v.string(), v.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'An error code is lower-case words joined by "-".'), v.maxLength(64)),
  message: v.pipe(v.string(), v.minLength(1), v.maxLength(2000)),
});

/** See {@link ReportedErrorSchema}. */
export type ReportedError = v.InferOutput<typeof ReportedErrorSchema>;

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
    status: v.optional(v.picklist(['processing', 'completed', 'failed', 'cancelled'])),
    progress: v.optional(ProgressReportSchema),
    result: v.optional(InlineJsonSchema),
    error: v.optional(ReportedErrorSchema),
    userId: v.optional(UserIdSchema),
    title: v.optional(JobTitleSchema),
    tags: v.optional(JobTagsSchema),
  }),
  v.check((report) => report.result === undefined || report.status === 'completed', 'Only a report of "completed" carries a result.'),
  v.check(
    (report) => (report.error !== undefined) === (report.status === 'failed'),
    'A report of "failed" carries an error, and no other does.',
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
