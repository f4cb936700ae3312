import { JOB_STATUSES, JobProgressSchema, type JobHistoryEntry } from '@harmonia/contract';
import * as v from 'valibot';
import type { JobRecord, Tombstone } from './job-change.js';
import type { JobBearingEvent } from './job-event.js';

const text = v.string();
const number = v.number();
const json = v.pipe(text, v.parseJson());
const progress = v.nullable(JobProgressSchema);
const status = v.picklist(JOB_STATUSES);
const reason = v.picklist(['interrupted', 'retrying']);

/** A job without what may be large. */
export const StateEntries = {
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
const StateSchema = v.pipe(
  json,
  v.object({
    job: v.object(StateEntries),
    sequence: number,
    restarts: number,
    heartbeatAt: number,
    endedAt: v.nullable(number),
  }),
);
const TombstoneSchema = v.pipe(json, v.object({ id: text, userId: text, version: number }));

/** A record as it is kept, apart from what may be large and rarely changes. */
export function stateText(record: JobRecord): string {
  return JSON.stringify({ ...record, job: { ...record.job, input: undefined, result: undefined } });
}

/** What JSON cannot say (`undefined`, a function) is kept as null. */
export const toJson = (value: unknown): string => JSON.stringify(value) ?? 'null';

const RecordRowSchema = v.tuple([StateSchema, json, json]);

/** Reads `state, input, result`. */
export function recordRow(row: unknown): JobRecord {
  const [{ job, ...kept }, input, result] = v.parse(RecordRowSchema, row);
  return { job: { ...job, input, result }, ...kept };
}

/** What is kept under a job's key, and by which revision of it; '' when there is nothing. */
export interface KeptJob {
  readonly revision: string;
  readonly record: JobRecord | undefined;
  readonly tombstone: Tombstone | undefined;
}

export const NOTHING_KEPT: KeptJob = { revision: '', record: undefined, tombstone: undefined };

const KeptRowSchema = v.tuple([v.nullable(text), v.nullable(text), v.nullable(text), v.nullable(text), v.nullable(text)]);

/** Reads `revision, state, input, result, tombstone`. */
export function keptRow(row: unknown): KeptJob {
  const [revision, state, input, result, tombstone] = v.parse(KeptRowSchema, row);
  return {
    revision: revision ?? '',
    record: state === null ? undefined : recordRow([state, input, result]),
    tombstone: tombstone === null ? undefined : v.parse(TombstoneSchema, tombstone),
  };
}

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
