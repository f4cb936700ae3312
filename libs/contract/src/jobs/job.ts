import * as v from 'valibot';
import { JobIdSchema, JobTypeSchema, UserIdSchema } from './job-id.js';
import { JobProgressSchema } from './job-progress.js';
import { JOB_STATUSES } from './job-status.js';

const CounterSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const TimeSchema = v.pipe(v.string(), v.isoTimestamp());

/** The light state: small, changes often, travels with every event [E1]. */
export const JobStateSchema = v.object({
  id: JobIdSchema,
  userId: UserIdSchema,
  jobType: JobTypeSchema,
  status: v.picklist(JOB_STATUSES),
  progress: v.nullable(JobProgressSchema),
  /** From 1; each new attempt resets progress [R2]. */
  attempt: CounterSchema,
  /** Counts the accepted changes of this job, from 1; the only ordering key [R1]. */
  version: CounterSchema,
  /** The version at which the body last changed [R1]. */
  bodyVersion: CounterSchema,
  /** ISO 8601, for display only [R1]. */
  createdAt: TimeSchema,
  /** ISO 8601, for display only [R1]. */
  updatedAt: TimeSchema,
});

/** See {@link JobStateSchema}. */
export type JobState = v.InferOutput<typeof JobStateSchema>;

/** The body: changes rarely, and every change of it moves `bodyVersion`. */
export const JobBodySchema = v.object({
  title: v.nullable(v.string()),
  tags: v.pipe(v.array(v.string()), v.readonly()),
  input: v.unknown(),
  result: v.unknown(),
});

/** The whole job as it travels in snapshots, in `job:created` and in `job:completed`. */
export const JobSchema = v.object({ ...JobStateSchema.entries, ...JobBodySchema.entries });

/** What `result` holds once a job has failed [R11]: a sentence for people and a code for programs. */
export const JobFailureSchema = v.object({ error: v.string(), code: v.string() });

/** See {@link JobFailureSchema}. */
export type JobFailure = v.InferOutput<typeof JobFailureSchema>;

/**
 * The job types of an application, for typing only. Augment it once and `Job<'pdf-notes'>` knows its input and result.
 *
 * @example
 * declare module '@harmonia/contract' {
 *   interface JobTypes {
 *     'pdf-notes': { input: { file: UploadedFile }; result: JobFileResult };
 *   }
 * }
 */
export interface JobTypes {}

/** The body of a job, typed by its input and result. */
export interface JobBody<Input = unknown, Result = unknown> {
  readonly title: string | null;
  readonly tags: readonly string[];
  readonly input: Input | null;
  readonly result: Result | JobFailure | null;
}

type IsLiteral<Text> = Text extends string ? (string extends Text ? false : true) : false;

/** What {@link Job} comes out as. Write `Job`; this has a name of its own only so that declaration files can tell it. */
export interface TypedJob<Type extends string, Input, Result> extends Readonly<JobState>, JobBody<Input, Result> {
  readonly jobType: Type;
}

/**
 * A background job. `Job` alone is any job, `Job<Input, Result>` one whose input and result you name, and
 * `Job<'pdf-notes'>` one whose types are declared in {@link JobTypes}; a name that is not declared there gives `never`.
 *
 * @example const text = (job: Job<{ url: string }, { words: number }>) => job.input?.url;
 */
export type Job<TypeOrInput = unknown, Result = unknown> = TypeOrInput extends keyof JobTypes & string
  ? JobTypes[TypeOrInput] extends { input: infer I; result: infer R }
    ? TypedJob<TypeOrInput, I, R>
    : never
  : IsLiteral<TypeOrInput> extends true
    ? never
    : TypedJob<string, TypeOrInput, Result>;

/**
 * The failure of a failed job, null for every other job [R11].
 *
 * @example jobFailure(job)?.code; // 'worker-lost'
 */
export function jobFailure(job: Pick<Job, 'status' | 'result'>): JobFailure | null {
  return job.status === 'failed' && v.is(JobFailureSchema, job.result) ? job.result : null;
}
