import {
  InlineJsonSchema,
  JobIdSchema,
  JobReportSchema,
  JobTagsSchema,
  JobTitleSchema,
  JobTypeSchema,
  parseOrRefuse,
  ProgressReportSchema,
  UserIdSchema,
  type ProgressInput,
  type ProgressReport,
} from '@harmonia/contract';
import * as v from 'valibot';

/** What is stored is what JSON makes of it, so that an event shows the same as a later read. */
const StoredJsonSchema = v.pipe(
  InlineJsonSchema,
  v.transform((value): unknown => JSON.parse(JSON.stringify(value) ?? 'null')),
);

/** A job to be [R12]: its owner and type, and what else is known of it. Without `id` it gets a UUID. */
export const JobDraftSchema = v.object({
  id: v.optional(JobIdSchema),
  userId: UserIdSchema,
  jobType: JobTypeSchema,
  title: v.optional(v.nullable(JobTitleSchema), null),
  tags: v.optional(JobTagsSchema, []),
  input: v.optional(StoredJsonSchema, null),
});

/** See {@link JobDraftSchema}. */
export type JobDraft = v.InferInput<typeof JobDraftSchema>;

const { attempt, sequence, status, progress, error } = JobReportSchema.entries;

/** The report of a host or of the gateway, as {@link JobReportSchema}, but attempt and sequence may be left out. */
export const HostReportSchema = v.pipe(
  v.object({
    kind: v.literal('reported'),
    id: JobIdSchema,
    attempt: v.optional(attempt),
    sequence: v.optional(sequence),
    status,
    progress,
    result: v.optional(StoredJsonSchema),
    error,
  }),
  v.check((report) => report.result === undefined || report.status === 'completed', 'Only a report of "completed" carries a result.'),
  v.check(
    (report) => (report.error !== undefined) === (report.status === 'failed'),
    'A report of "failed" carries an error, no other does.',
  ),
);

/** What may be edited while and after a job runs [R4]. */
export const JobEditSchema = v.object({
  title: v.optional(v.nullable(JobTitleSchema)),
  tags: v.optional(JobTagsSchema),
  userId: v.optional(UserIdSchema),
});

/** See {@link JobEditSchema}. */
export type JobEdit = v.InferInput<typeof JobEditSchema>;

/** `progress(25, 'text')` means percent [R5]. */
export function progressReport(input: ProgressInput, message?: string): ProgressReport {
  const report = parseOrRefuse(ProgressReportSchema, input);
  return message === undefined ? report : parseOrRefuse(ProgressReportSchema, { ...report, message });
}
