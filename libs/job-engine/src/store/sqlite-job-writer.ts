import type { JobRecord } from './job-change.js';
import type { AcceptedDecision } from './job-decision.js';
import type { JobBearingEvent, JobLessEvent } from './job-event.js';
import type { SqliteDatabase } from './sqlite-database.js';
import { PROGRESS_CHANGES } from './sqlite-job-reader.js';
import { numberRow } from './sqlite-rows.js';

/** What a history holds beyond R9 is swept at every so many versions, which costs less than at each. */
const HISTORY_SWEEP = 32;

/** Writes what was decided. Each change takes the next position of the store; the transaction is the caller's. */
export class SqliteJobWriter {
  /** The position of the latest change; whoever rolls back puts it back. */
  position: number;

  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    this.#database = database;
    this.position = numberRow(database.get(LAST_POSITION, {}));
  }

  /** A report that brought nothing new is still a sign of life [R10]. */
  writeHeard({ job: { id }, sequence, heartbeatAt }: JobRecord): void {
    this.#database.run(UPDATE_HEARD, { id, sequence, heartbeatAt });
  }

  write({ record, event }: AcceptedDecision, now: number): void {
    if (record === null) this.#writeJobLess(event, now);
    else this.#writeJob(record, event, now);
  }

  #writeJob(record: JobRecord, event: JobBearingEvent, now: number): void {
    const { id, userId } = record.job;
    if (event.kind === 'edited' && event.previousUserId !== undefined) {
      this.#bury({ id, userId: event.previousUserId, version: record.job.version }, true, now);
      this.#database.run(UNBURY, { id, userId });
    }
    this.position++;
    if (event.kind === 'created') this.#insert(record);
    else if (event.kind === 'progress') this.#updateProgress(record);
    else this.#update(record);
    if (event.kind === 'edited') this.#writeTags(record);
    else this.#writeHistory(event);
    // whatever has brought it there: of these versions none may be a step of progress
    if (record.job.version % HISTORY_SWEEP === 0) this.#database.run(SWEEP_HISTORY, { id });
  }

  #writeJobLess(event: JobLessEvent, now: number): void {
    if (event.kind === 'removed') {
      this.#bury(event, false, now);
      this.#database.run(DELETE_JOB, { id: event.id });
    } else {
      this.#database.run(INSERT_REVOCATION, { position: ++this.position, userId: event.userId, jobId: event.jobId ?? null, at: now });
    }
  }

  #insert(record: JobRecord): void {
    const { job } = record;
    const { position } = this;
    this.#database.run(INSERT_JOB, { ...columnsOf(record), jobType: job.jobType, createdAt: job.createdAt, position });
    this.#database.run(INSERT_PAYLOAD, { position, input: toJson(job.input), result: toJson(job.result) });
    for (const tag of job.tags) this.#database.run(INSERT_TAG, { tag, id: job.id });
    this.#database.run(UNBURY, { id: job.id, userId: job.userId });
  }

  #update(record: JobRecord): void {
    const { id, version, bodyVersion, result } = record.job;
    this.#database.run(UPDATE_JOB, { ...columnsOf(record), position: this.position });
    if (version === bodyVersion) this.#database.run(UPDATE_RESULT, { id, result: toJson(result) });
  }

  #updateProgress({ job, sequence, heartbeatAt }: JobRecord): void {
    const { id, version, updatedAt } = job;
    const { position } = this;
    this.#database.run(UPDATE_PROGRESS, { id, version, updatedAt, progress: toJson(job.progress), sequence, heartbeatAt, position });
  }

  #writeTags({ job: { id, tags } }: JobRecord): void {
    this.#database.run(DELETE_TAGS, { id });
    for (const tag of tags) this.#database.run(INSERT_TAG, { tag, id });
  }

  #writeHistory(event: JobBearingEvent): void {
    const { id, version, attempt, updatedAt, status, progress } = event.job;
    const reason = event.kind === 'requeued' ? event.reason : null;
    const isProgress = event.kind === 'progress' ? 1 : 0;
    this.#database.run(INSERT_HISTORY, { id, version, attempt, updatedAt, status, progress: toJson(progress), reason, isProgress });
  }

  #bury(gone: { id: string; userId: string; version: number }, moved: boolean, at: number): void {
    const { id, userId, version } = gone;
    this.#database.run(BURY, { id, userId, version, moved: moved ? 1 : 0, position: ++this.position, at });
  }
}

/** What of a record may change after its creation, but for its place. */
function columnsOf({ job, sequence, restarts, heartbeatAt, endedAt }: JobRecord) {
  const { id, userId, status, attempt, version, bodyVersion, updatedAt, title } = job;
  const texts = { progress: toJson(job.progress), tags: toJson(job.tags), search: searchText(id, title) };
  return { id, userId, status, attempt, version, bodyVersion, updatedAt, title, ...texts, sequence, restarts, heartbeatAt, endedAt };
}

/** What `JobFilter.text` is looked for in: SQLite itself folds the case of ASCII only. */
function searchText(id: string, title: string | null): string {
  return `${id}\n${title ?? ''}`.toLowerCase();
}

/** What JSON cannot say (`undefined`, a function) is kept as null. */
function toJson(value: unknown): string {
  return JSON.stringify(value) ?? 'null';
}

const LAST_POSITION = `SELECT max(position) AS value FROM
  (SELECT max(position) AS position FROM jobs UNION ALL SELECT max(position) FROM tombstones UNION ALL SELECT max(position) FROM revocations)`;

const INSERT_JOB = `INSERT INTO jobs (created, id, user_id, job_type, status, progress, attempt, version, body_version, created_at, updated_at,
  title, tags, search, sequence, restarts, heartbeat_at, ended_at, position)
  VALUES (:position, :id, :userId, :jobType, :status, :progress, :attempt, :version, :bodyVersion, :createdAt, :updatedAt,
  :title, :tags, :search, :sequence, :restarts, :heartbeatAt, :endedAt, :position)`;
const UPDATE_JOB = `UPDATE jobs SET user_id = :userId, status = :status, progress = :progress, attempt = :attempt, version = :version,
  body_version = :bodyVersion, updated_at = :updatedAt, title = :title, tags = :tags, search = :search, sequence = :sequence,
  restarts = :restarts, heartbeat_at = :heartbeatAt, ended_at = :endedAt, position = :position WHERE id = :id`;
const UPDATE_PROGRESS = `UPDATE jobs SET progress = :progress, version = :version, updated_at = :updatedAt, sequence = :sequence,
  heartbeat_at = :heartbeatAt, position = :position WHERE id = :id`;
const UPDATE_HEARD = 'UPDATE jobs SET sequence = :sequence, heartbeat_at = :heartbeatAt WHERE id = :id';
const DELETE_JOB = 'DELETE FROM jobs WHERE id = :id';

const ROW_OF_JOB = '(SELECT created FROM jobs WHERE id = :id)';
const INSERT_PAYLOAD = 'INSERT INTO payloads (job, input, result) VALUES (:position, :input, :result)';
const UPDATE_RESULT = `UPDATE payloads SET result = :result WHERE job = ${ROW_OF_JOB}`;
const INSERT_TAG = `INSERT OR IGNORE INTO job_tags (tag, job) VALUES (:tag, ${ROW_OF_JOB})`;
const DELETE_TAGS = `DELETE FROM job_tags WHERE job = ${ROW_OF_JOB}`;
const INSERT_HISTORY = `INSERT INTO history (job, version, attempt, at, status, progress, reason, is_progress)
  VALUES (${ROW_OF_JOB}, :version, :attempt, :updatedAt, :status, :progress, :reason, :isProgress)`;
const SWEEP_HISTORY = `DELETE FROM history WHERE job = ${ROW_OF_JOB} AND is_progress = 1 AND version <=
  (SELECT version FROM history WHERE job = ${ROW_OF_JOB} AND is_progress = 1 ORDER BY version DESC LIMIT 1 OFFSET ${PROGRESS_CHANGES})`;

const BURY = `INSERT OR REPLACE INTO tombstones (id, user_id, version, moved, position, at)
  VALUES (:id, :userId, :version, :moved, :position, :at)`;
const UNBURY = 'DELETE FROM tombstones WHERE id = :id AND user_id = :userId';
const INSERT_REVOCATION = 'INSERT INTO revocations (position, user_id, job_id, at) VALUES (:position, :userId, :jobId, :at)';
