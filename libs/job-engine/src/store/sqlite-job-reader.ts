import type { JobHistoryEntry } from '@harmonia/contract';
import type { JobRecord } from './job-change.js';
import type { Known } from './job-decision.js';
import type { OverdueBounds, OverdueJobs } from './job-store.js';
import { RecordCache } from './record-cache.js';
import type { SqliteDatabase } from './sqlite-database.js';
import { historyRow, JOBS, jobRow, TOMBSTONES, tombstoneRow } from './sqlite-rows.js';

/** The progress changes that a history shows [R9]; the table may hold a few more, which are swept in bulk. */
export const PROGRESS_CHANGES = 100;

const JOB = `${JOBS} WHERE id = :id`;
const TOMBSTONE = `${TOMBSTONES} WHERE id = :id AND moved = 0`;
const LOST = `${JOBS} WHERE status = 'processing' AND heartbeat_at < :bound`;
const EXPIRED = `${JOBS} WHERE ended_at < :bound`;

const ENTRIES = `SELECT history.version, history.attempt, at, history.status, history.progress, reason
  FROM history JOIN jobs ON created = job WHERE id = :id`;
const HISTORY = `
  SELECT * FROM (${ENTRIES} AND is_progress = 0)
  UNION ALL
  SELECT * FROM (${ENTRIES} AND is_progress = 1 ORDER BY history.version DESC LIMIT ${PROGRESS_CHANGES})
  ORDER BY version`;

/** Reads single jobs and what belongs to them. Whoever writes says so through `records`. */
export class SqliteJobReader {
  /** What was read or written last. */
  readonly records = new RecordCache();

  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
  }

  record(id: string): JobRecord | undefined {
    const kept = this.records.get(id);
    if (kept) return kept;
    const row = this.#database.get(JOB, { id });
    if (row === undefined) return undefined;
    const { record } = jobRow(row);
    this.records.keep(record);
    return record;
  }

  known(id: string): Known {
    const record = this.record(id);
    const row = record ? undefined : this.#database.get(TOMBSTONE, { id });
    return { record, tombstone: row === undefined ? undefined : tombstoneRow(row).tombstone };
  }

  history(id: string): readonly JobHistoryEntry[] {
    return this.#database.all(HISTORY, { id }).map(historyRow);
  }

  overdue({ heartbeatBefore, endedBefore }: OverdueBounds): OverdueJobs {
    const records = (sql: string, bound: number) => this.#database.all(sql, { bound }).map((row) => jobRow(row).record);
    return { lost: records(LOST, heartbeatBefore), expired: records(EXPIRED, endedBefore) };
  }
}
