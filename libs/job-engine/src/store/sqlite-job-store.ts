import { RefusalError, type JobHistoryEntry } from '@harmonia/contract';
import type { AuditRetention } from '../audit/audit-log.js';
import { SqliteAuditLog } from '../audit/sqlite-audit-log.js';
import { SqliteSessionEnds } from '../sessions/sqlite-session-ends.js';
import type { ChangeOutcome, JobChange } from './job-change.js';
import { decide, type AcceptedDecision, type Known } from './job-decision.js';
import type { JobEvent, JobEventBatch } from './job-event.js';
import { JobFollowers } from './job-followers.js';
import type {
  JobChangesSince,
  JobFilter,
  JobListing,
  JobReading,
  JobScope,
  JobStore,
  OverdueBounds,
  OverdueJobs,
  Unfollow,
} from './job-store.js';
import { knownJobs } from './known-jobs.js';
import { SqliteChangeLog } from './sqlite-change-log.js';
import { SqliteDatabase, sqliteCode } from './sqlite-database.js';
import { listJobs } from './sqlite-job-list.js';
import { SqliteJobReader } from './sqlite-job-reader.js';
import { SqliteJobWriter } from './sqlite-job-writer.js';

/** How a {@link SqliteJobStore} is opened. */
export interface SqliteJobStoreOptions {
  /** Where `harmonia.sqlite` lies or is to be made; `:memory:` keeps the jobs for as long as the store is open. */
  readonly directory: string;
  /** For how long who did what is remembered [A2]. Default: 90 days, 100,000 entries. */
  readonly audit?: AuditRetention;
  /** The clock, ms since 1970. Default: `Date.now`. */
  readonly now?: () => number;
}

/**
 * Keeps jobs in one SQLite file that belongs to this process alone: a second process, or a second store here, is refused
 * with `data-dir-in-use`. Answers come from the file at once and followers are called before the change is answered;
 * callers may rely on neither, since other stores do it otherwise. Its epoch is new at each open [R7].
 *
 * @example
 * const store = SqliteJobStore.open({ directory: './data' });
 * await store.apply([{ kind: 'created', job: { id: 'a', userId: 'ann', jobType: 'simulate', title: null, tags: [], input: null } }]);
 * await store.close();
 */
export class SqliteJobStore implements JobStore {
  readonly audit: SqliteAuditLog;
  readonly sessionEnds: SqliteSessionEnds;
  readonly #database: SqliteDatabase;
  readonly #reader: SqliteJobReader;
  readonly #writer: SqliteJobWriter;
  readonly #log: SqliteChangeLog;
  readonly #followers = new JobFollowers();
  readonly #now: () => number;

  private constructor(database: SqliteDatabase, now: () => number, retention?: AuditRetention) {
    this.#database = database;
    this.#reader = new SqliteJobReader(database);
    this.#writer = new SqliteJobWriter(database);
    this.#log = new SqliteChangeLog(database, () => this.#writer.position);
    this.#now = now;
    this.audit = new SqliteAuditLog(database, (work) => this.#answer(work), now, retention);
    this.sessionEnds = new SqliteSessionEnds(database, (work) => this.#answer(work), now);
  }

  /**
   * Opens the store, or makes it.
   *
   * @throws DataDirectoryError with the code `data-dir-in-use`, `data-dir-not-writable`, `data-dir-corrupt` or `data-dir-too-new`
   */
  static open({ directory, audit, now = Date.now }: SqliteJobStoreOptions): SqliteJobStore {
    return SqliteDatabase.open(directory, (database) => new SqliteJobStore(database, now, audit));
  }

  apply(changes: readonly JobChange[]): Promise<readonly ChangeOutcome[]> {
    return this.#answer(() => {
      const now = this.#now();
      this.#log.forget(now);
      const { outcomes, events } = this.#commit(changes, now);
      if (events.length > 0) this.#followers.publish(this.#log.batch(events));
      return outcomes;
    });
  }

  read(ids: readonly string[]): Promise<JobReading> {
    return this.#answer(() => {
      const found = ids.map((id) => [id, this.#reader.known(id)] as const);
      return { epoch: this.#log.epoch, position: this.#log.end(), ...knownJobs(found) };
    });
  }

  list(filter: JobFilter): Promise<JobListing> {
    return this.#answer(() => ({ epoch: this.#log.epoch, ...listJobs(this.#database, filter) }));
  }

  history(id: string): Promise<readonly JobHistoryEntry[]> {
    return this.#answer(() => this.#reader.history(id));
  }

  since(position: string | null, scope: JobScope, limit: number): Promise<JobChangesSince> {
    return this.#answer(() => this.#log.since(position, scope, limit));
  }

  follow(position: string | null, listener: (batch: JobEventBatch) => void): Promise<Unfollow> {
    return this.#answer(() => {
      const unfollow = this.#followers.add(listener, position === null ? [] : this.#log.backlog(position));
      return () => Promise.resolve(unfollow());
    });
  }

  overdue(bounds: OverdueBounds): Promise<OverdueJobs> {
    return this.#answer(() => this.#reader.overdue(bounds));
  }

  async close(): Promise<void> {
    this.#database.close();
  }

  #commit(changes: readonly JobChange[], now: number): { outcomes: ChangeOutcome[]; events: JobEvent[] } {
    const before = this.#writer.position;
    try {
      return this.#database.transaction(changes.some(mustLast), () => {
        const events: JobEvent[] = [];
        return { outcomes: changes.map((change) => this.#applyOne(change, now, events)), events };
      });
    } catch (error) {
      this.#writer.position = before;
      this.#reader.records.clear();
      throw error;
    }
  }

  #applyOne(change: JobChange, now: number, events: JobEvent[]): ChangeOutcome {
    const { epoch } = this.#log;
    const decision = decide(this.#known(change), change, now);
    switch (decision.result) {
      case 'accepted':
        this.#writer.write(decision, now);
        this.#remember(decision);
        events.push(decision.event);
        return { result: 'accepted', epoch, record: decision.record };
      case 'unchanged':
        this.#writer.writeHeard(decision.record);
        this.#reader.records.keep(decision.record);
        return { ...decision, epoch };
      case 'ignored':
      case 'refused':
        return { ...decision, epoch };
    }
  }

  #remember({ record, event }: AcceptedDecision): void {
    if (record) this.#reader.records.keep(record);
    else if (event.kind === 'removed') this.#reader.records.forget(event.id);
  }

  #known(change: JobChange): Known {
    if (change.kind === 'revoked') return { record: undefined, tombstone: undefined };
    return this.#reader.known(change.kind === 'created' ? change.job.id : change.id);
  }

  /** Whatever goes wrong rejects; what SQLite or a closed store says becomes `unavailable`, with the cause for the log. */
  async #answer<Answer>(work: () => Answer): Promise<Answer> {
    if (!this.#database.isOpen) throw new RefusalError('unavailable', 'The job store is closed.');
    try {
      return work();
    } catch (error) {
      throw sqliteCode(error) === undefined ? error : Object.assign(new RefusalError('unavailable'), { cause: error });
    }
  }
}

/** Progress alone may be lost with the power: the next report brings it again. What is accepted or has ended may not. */
function mustLast(change: JobChange): boolean {
  return change.kind !== 'reported' || (change.status ?? 'processing') !== 'processing';
}
