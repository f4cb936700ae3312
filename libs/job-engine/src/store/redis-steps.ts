import type { Job, JobHistoryEntry, JobProgress } from '@harmonia/contract';
import * as v from 'valibot';
import type { JobRecord } from './job-change.js';

/**
 * A step of progress: all in which a job differs from what is kept of it as a whole. Jobs report many of them, so that state,
 * stream and history hold these few words in place of everything.
 */
export interface JobStep {
  readonly version: number;
  readonly attempt: number;
  /** When, ms since 1970; it is a sign of life, too. */
  readonly at: number;
  readonly sequence: number;
  readonly progress: JobProgress;
}

/** How the text of a step begins, and no value of a job does. */
export const STEP = '[';

/** The step that led to a record. */
export function stepText({ job: { version, attempt, progress }, sequence, heartbeatAt }: JobRecord): string {
  const { current, total, percentage, message } = progress ?? NONE;
  return JSON.stringify([version, attempt, heartbeatAt, sequence, current, total, percentage, message]);
}

const NONE: JobProgress = { current: 0, total: null, percentage: 0, message: '' };

const number = v.number();
const StepSchema = v.pipe(
  v.tuple([number, number, number, number, number, v.nullable(number), number, v.string()]),
  v.transform(([version, attempt, at, sequence, current, total, percentage, message]): JobStep => {
    return { version, attempt, at, sequence, progress: { current, total, percentage, message } };
  }),
);
const OneSchema = v.pipe(v.string(), v.parseJson(), StepSchema);
const ManySchema = v.pipe(
  v.string(),
  v.transform((texts) => `[${texts}]`),
  v.parseJson(),
  v.array(StepSchema),
);

/** The other way round of {@link stepText}. */
export const stepIn = (text: unknown): JobStep => v.parse(OneSchema, text);

/** Of several texts with commas between them. */
export const stepsIn = (texts: string): readonly JobStep[] => v.parse(ManySchema, texts);

/** A job after a step. */
export function steppedJob(job: Job, { version, attempt, at, progress }: JobStep): Job {
  return { ...job, status: 'processing', attempt, version, progress, updatedAt: new Date(at).toISOString() };
}

/** A record after a step. */
export function stepped(record: JobRecord, step: JobStep): JobRecord {
  return { ...record, job: steppedJob(record.job, step), sequence: step.sequence, heartbeatAt: step.at };
}

/** A step as the history shows it [R9]. */
export function stepHistory(text: unknown): JobHistoryEntry {
  const { version, attempt, at, progress } = stepIn(text);
  return { version, attempt, at: new Date(at).toISOString(), status: 'processing', progress };
}
