import { JOB_STATUSES, JobProgressSchema, type Job, type JobHistoryEntry } from '@harmonia/contract';
import * as v from 'valibot';
import type { JobRecord, Tombstone } from './job-change.js';
import type { JobBearingEvent } from './job-event.js';
import { STEP, stepIn, stepped } from './redis-steps.js';

const text = v.string();
const number = v.number();
const json = v.pipe(text, v.parseJson());
const progress = v.nullable(JobProgressSchema);
const status = v.picklist(JOB_STATUSES);
const reason = v.picklist(['interrupted', 'retrying']);

/** A job without what may be large. */
const StateEntries = {
  id: text,
  userId: text,
  jobType: text,
  status,
  progress,
  attempt: number,
  version: number,
  bodyVersion: number,
  createdAt: text,
  updatedAt: text,
  title: v.nullable(text),
  tags: v.array(text),
};
/** What JSON cannot say (`undefined`, a function) is kept as null. */
export const toJson = (value: unknown): string => JSON.stringify(value) ?? 'null';

/** Input and result up to so many characters of JSON are kept with the state; longer ones apart from it. */
const MOST_BODY = 512;

/** How a value begins: a job with its body, one whose body is apart, and one that was removed. Its revision begins so too. */
export const MARKS = { whole: '=', apart: '+', removed: '-' } as const;

/** Of a value or a revision. */
export const isApart = (value: string): boolean => value.startsWith(MARKS.apart);

/** Ends a revision: after it comes the step that was made since the value was kept as a whole, if there was one. */
export const END = ' ';

/** Which state of a job a commit has made: the mark, which a step leaves as it was, and the commit's name, which no other has. */
export const revisionOf = (value: string, before: string, commit: string): string =>
  (value.startsWith(STEP) ? before : value).slice(0, 1) + commit + END;

/** A record without its body. */
export const lightText = (record: JobRecord): string => JSON.stringify({ ...record, job: withoutBody(record.job) });

/** The job itself if its body is short, else without it. */
export function lightJob(job: Job): Partial<Job> {
  return toJson(job.input).length + toJson(job.result).length > MOST_BODY ? withoutBody(job) : job;
}

const withoutBody = (job: Job): Partial<Job> => ({ ...job, input: undefined, result: undefined });

/** A record with its mark, whole if its body is short. */
export function measuredText(record: JobRecord): string {
  const job = lightJob(record.job);
  return job === record.job ? MARKS.whole + JSON.stringify(record) : MARKS.apart + JSON.stringify({ ...record, job });
}

const body = v.optional(v.unknown(), null);
/** A job as it is kept; without its body, when that is apart. */
export const JobSchema = v.object({ ...StateEntries, input: body, result: body });
const RecordSchema = v.object({ job: JobSchema, sequence: number, restarts: number, heartbeatAt: number, endedAt: v.nullable(number) });
const TombstoneSchema = v.object({ tombstone: v.object({ id: text, userId: text, version: number }) });
const ValueSchema = v.pipe(
  text,
  v.transform((value) => value.slice(1)),
  v.parseJson(),
);
const JobValueSchema = v.pipe(ValueSchema, v.object({ job: JobSchema }));
const RecordValueSchema = v.pipe(ValueSchema, RecordSchema);
const TombstoneValueSchema = v.pipe(ValueSchema, TombstoneSchema);
const kept = v.nullable(text);
const RowSchema = v.union([v.strictTuple([kept, kept]), v.strictTuple([kept, kept, json, json])]);

/** What is kept of a job, and by which revision of it; '' when there is nothing. */
export interface KeptJob {
  readonly revision: string;
  readonly record: JobRecord | undefined;
  readonly tombstone: Tombstone | undefined;
}

export const NOTHING_KEPT: KeptJob = { revision: '', record: undefined, tombstone: undefined };

/** Reads the revision with the step since, the value, and the body where that is apart. */
export function keptRow(row: unknown): KeptJob {
  const [name, value, ...body] = v.parse(RowSchema, row);
  const [revision, step] = parted(name ?? '');
  if (value === null) return { ...NOTHING_KEPT, revision };
  if (value.startsWith(MARKS.removed)) return { ...NOTHING_KEPT, revision, tombstone: v.parse(TombstoneValueSchema, value).tombstone };
  const record = wholeRecord(value, body);
  return { ...NOTHING_KEPT, revision, record: step === '' ? record : stepped(record, stepIn(step)) };
}

/** As {@link keptRow}, of a job that is there. */
export function recordRow(row: unknown): JobRecord {
  const { record } = keptRow(row);
  if (!record) throw new Error('A list in Redis names a job that is not there.');
  return record;
}

function parted(name: string): [revision: string, step: string] {
  const end = name.indexOf(END) + END.length;
  return [name.slice(0, end), name.slice(end)];
}

function wholeRecord(value: string, [input, result]: readonly unknown[]): JobRecord {
  const record = v.parse(RecordValueSchema, value);
  return isApart(value) ? { ...record, job: { ...record.job, input, result } } : record;
}

/** The job that a value tells of, as far as it does. */
export const jobIn = (value: string): Job => v.parse(JobValueSchema, value).job;

const HistorySchema = v.pipe(json, v.tuple([number, number, text, status, progress, v.nullable(reason)]));

export function historyText(event: JobBearingEvent): string {
  const { version, attempt, updatedAt, status: became, progress: reached } = event.job;
  return JSON.stringify([version, attempt, updatedAt, became, reached, event.kind === 'requeued' ? event.reason : null]);
}

/** The other way round of {@link historyText}. */
export function historyRow(row: unknown): JobHistoryEntry {
  const [version, attempt, at, became, reached, why] = v.parse(HistorySchema, row);
  const entry = { version, attempt, at, status: became, progress: reached };
  return why === null ? entry : { ...entry, reason: why };
}
