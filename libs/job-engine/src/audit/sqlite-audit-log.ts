import { RefusalError, type AuditEntry, type AuditPage, type AuditQuery } from '@harmonia/contract';
import * as v from 'valibot';
import type { SqliteDatabase } from '../store/sqlite-database.js';
import { AUDIT_RETENTION, type AuditLog, type AuditRetention, type NewAuditEntry } from './audit-log.js';

const INSERT =
  'INSERT INTO audit (at, user_id, roles, what, job_id, whom, address, outcome) VALUES (:at, :userId, :roles, :what, :jobId, :whom, :from, :outcome)';
const COLUMNS = 'id, at, user_id AS userId, roles, what, job_id AS jobId, whom, address, outcome';

const RowSchema = v.object({
  id: v.number(),
  at: v.number(),
  userId: v.nullable(v.string()),
  roles: v.pipe(v.string(), v.parseJson(), v.array(v.string())),
  what: v.string(),
  jobId: v.nullable(v.string()),
  whom: v.nullable(v.string()),
  address: v.nullable(v.string()),
  outcome: v.string(),
});

/** The audit beside the jobs, in a table that refuses changes. */
export class SqliteAuditLog implements AuditLog {
  readonly #retention: Required<AuditRetention>;

  /** @param answer turns what goes wrong into what a store says of it */
  constructor(
    private readonly database: SqliteDatabase,
    private readonly answer: <Answer>(work: () => Answer) => Promise<Answer>,
    private readonly now: () => number,
    retention: AuditRetention = {},
  ) {
    this.#retention = { ...AUDIT_RETENTION, ...retention };
  }

  append(entries: readonly NewAuditEntry[]): Promise<void> {
    return this.answer(() =>
      this.database.transaction(false, () => {
        for (const { at, who, what, jobId, whom, from, outcome } of entries) {
          const by = { userId: who?.userId ?? null, roles: JSON.stringify(who?.roles ?? []) };
          this.database.run(INSERT, { at: Date.parse(at), ...by, what, jobId, whom, from, outcome });
        }
        const { keepForMs, mostEntries } = this.#retention;
        this.database.run('DELETE FROM audit WHERE at < :before', { before: this.now() - keepForMs });
        this.database.run('DELETE FROM audit WHERE id <= (SELECT max(id) FROM audit) - :most', { most: mostEntries });
      }),
    );
  }

  list({ cursor, jobId, limit }: AuditQuery): Promise<AuditPage> {
    return this.answer(() => {
      const values = { before: beforeOf(cursor), most: limit + 1, ...(jobId !== undefined && { jobId }) };
      const where = jobId === undefined ? 'id < :before' : 'job_id = :jobId AND id < :before';
      const rows = this.database.all(`SELECT ${COLUMNS} FROM audit WHERE ${where} ORDER BY id DESC LIMIT :most`, values);
      const entries = rows.slice(0, limit).map(entryOf);
      return { entries, nextCursor: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
    });
  }
}

function beforeOf(cursor: string | undefined): number {
  if (cursor === undefined) return Number.MAX_SAFE_INTEGER;
  if (!/^\d{1,15}$/.test(cursor)) throw new RefusalError('page-invalid');
  return Number(cursor);
}

function entryOf(row: unknown): AuditEntry {
  const { id, at, userId, roles, what, jobId, whom, address, outcome } = v.parse(RowSchema, row);
  const who = userId === null ? null : { userId, roles };
  return { id: String(id), at: new Date(at).toISOString(), who, what, jobId, whom, from: address, outcome };
}
