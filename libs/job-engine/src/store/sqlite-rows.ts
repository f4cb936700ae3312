import { JOB_STATUSES, JobProgressSchema, type JobHistoryEntry } from '@harmonia/contract';
import * as v from 'valibot';
import type { JobRecord, Tombstone } from './job-change.js';

const json = v.pipe(v.string(), v.parseJson());
const progress = v.pipe(json, v.nullable(JobProgressSchema));
const status = v.picklist(JOB_STATUSES);

const JobColumnsSchema = v.object({
  id: v.string(),
  userId: v.string(),
  jobType: v.string(),
  status,
  progress,
  attempt: v.number(),
  version: v.number(),
  bodyVersion: v.number(),
  createdAt: v.string(),
  updatedAt: v.string(),
  title: v.nullable(v.string()),
  tags: v.pipe(json, v.array(v.string())),
  input: json,
  result: json,
});

const KeptColumnsSchema = v.object({
  sequence: v.number(),
  restarts: v.number(),
  heartbeatAt: v.number(),
  endedAt: v.nullable(v.number()),
});

const PlaceColumnsSchema = v.object({ created: v.number(), position: v.number() });

/** Every job with its payload, as {@link jobRow} reads it. */
export const JOBS = `SELECT id, user_id AS userId, job_type AS jobType, status, progress, attempt, version, body_version AS bodyVersion,
  created_at AS createdAt, updated_at AS updatedAt, title, tags, input, result, sequence, restarts, heartbeat_at AS heartbeatAt,
  ended_at AS endedAt, created, position FROM jobs JOIN payloads ON payloads.job = created`;

/** A row of `jobs` with its payload. */
export interface JobRow {
  readonly record: JobRecord;
  /** The position at which the job was created. */
  readonly created: number;
  /** The position of its latest change. */
  readonly position: number;
}

export function jobRow(row: unknown): JobRow {
  // one schema for each part: taking one row apart by a rest pattern costs more than reading it
  const record = { job: v.parse(JobColumnsSchema, row), ...v.parse(KeptColumnsSchema, row) };
  return { record, ...v.parse(PlaceColumnsSchema, row) };
}

const TombstoneRowSchema = v.object({
  id: v.string(),
  userId: v.string(),
  version: v.number(),
  moved: v.pipe(
    v.number(),
    v.transform((flag) => flag === 1),
  ),
  position: v.number(),
});

/** Every tombstone, as {@link tombstoneRow} reads it. */
export const TOMBSTONES = 'SELECT id, user_id AS userId, version, moved, position FROM tombstones';

/** A row of `tombstones`; `moved`: the job went to another owner and may well be there. */
export interface TombstoneRow {
  readonly tombstone: Tombstone;
  readonly moved: boolean;
  readonly position: number;
}

export function tombstoneRow(row: unknown): TombstoneRow {
  const { moved, position, ...tombstone } = v.parse(TombstoneRowSchema, row);
  return { tombstone, moved, position };
}

const HistoryRowSchema = v.object({
  version: v.number(),
  attempt: v.number(),
  at: v.string(),
  status,
  progress,
  reason: v.nullable(v.picklist(['interrupted', 'retrying'])),
});

/** Reads `version, attempt, at, status, progress, reason` of `history`. */
export function historyRow(row: unknown): JobHistoryEntry {
  const { reason, ...entry } = v.parse(HistoryRowSchema, row);
  return reason === null ? entry : { ...entry, reason };
}

const RevocationRowSchema = v.object({ position: v.number(), userId: v.string(), jobId: v.nullable(v.string()) });

/** Reads `position, user_id AS userId, job_id AS jobId` of `revocations`. */
export function revocationRow(row: unknown): v.InferOutput<typeof RevocationRowSchema> {
  return v.parse(RevocationRowSchema, row);
}

const NumberRowSchema = v.optional(v.object({ value: v.nullable(v.number()) }));

/** Reads a lone number named `value`; 0 when there is no row or nothing in it. */
export function numberRow(row: unknown): number {
  return v.parse(NumberRowSchema, row)?.value ?? 0;
}
