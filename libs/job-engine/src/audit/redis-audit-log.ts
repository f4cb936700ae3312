import { AuditEntrySchema, RefusalError, type AuditEntry, type AuditPage, type AuditQuery } from '@harmonia/contract';
import * as v from 'valibot';
import type { RedisPartition } from '../store/redis-partition.js';
import { AUDIT_APPEND, AUDIT_LIST } from '../store/redis-audit-scripts.js';
import { AUDIT_RETENTION, type AuditLog, type AuditRetention, type NewAuditEntry } from './audit-log.js';

/** Of one job: it has its own list, so that nobody reads the audit of all for it. */
const MOST_OF_A_JOB = 1000;

const RowsSchema = v.array(v.tuple([v.string(), v.tuple([v.literal('entry'), v.string()])]));
const KeptSchema = v.pipe(v.string(), v.parseJson(), v.omit(AuditEntrySchema, ['id']));

/** The audit of many nodes: one stream, and one beside it for each job. */
export class RedisAuditLog implements AuditLog {
  readonly #retention: Required<AuditRetention>;

  /** @param answer turns what goes wrong into what a store says of it */
  constructor(
    private readonly partition: Pick<RedisPartition, 'keys' | 'run'>,
    private readonly answer: <Answer>(work: () => Promise<Answer>) => Promise<Answer>,
    private readonly now: () => number,
    retention: AuditRetention = {},
  ) {
    this.#retention = { ...AUDIT_RETENTION, ...retention };
  }

  append(entries: readonly NewAuditEntry[]): Promise<void> {
    return this.answer(async () => {
      const { keepForMs, mostEntries } = this.#retention;
      const jobIds = [...new Set(entries.flatMap(({ jobId }) => jobId ?? []))];
      const keys = [this.#keyOf(), ...jobIds.map((jobId) => this.#keyOf(jobId))];
      // as Lua counts, where 1 is the audit of all
      const lines = entries.flatMap((entry) => [entry.jobId === null ? 0 : jobIds.indexOf(entry.jobId) + 2, JSON.stringify(entry)]);
      const bounds = [mostEntries, MOST_OF_A_JOB, Math.max(0, this.now() - keepForMs), keepForMs];
      await this.partition.run(AUDIT_APPEND, keys, [...bounds, ...lines]);
    });
  }

  list({ cursor, jobId, limit }: AuditQuery): Promise<AuditPage> {
    return this.answer(async () => {
      if (cursor !== undefined && !/^\d{1,15}-\d{1,15}$/.test(cursor)) throw new RefusalError('page-invalid');
      const before = cursor === undefined ? '+' : `(${cursor}`;
      const rows = v.parse(RowsSchema, await this.partition.run(AUDIT_LIST, [this.#keyOf(jobId)], [before, limit + 1]));
      const entries = rows.slice(0, limit).map(([id, [, kept]]): AuditEntry => ({ id, ...v.parse(KeptSchema, kept) }));
      return { entries, nextCursor: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
    });
  }

  #keyOf(jobId?: string): string {
    return this.partition.keys.audit(jobId);
  }
}
