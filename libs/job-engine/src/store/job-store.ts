import type { Job, JobHistoryEntry, JobStatus } from '@harmonia/contract';
import type { AuditLog } from '../audit/audit-log.js';
import type { SessionEnds } from '../sessions/session-ends.js';
import type { ChangeOutcome, JobChange, JobRecord, Tombstone } from './job-change.js';
import type { JobEventBatch } from './job-event.js';

/** Whose jobs: one user's, or everybody's. */
export type JobScope = { readonly userId: string } | 'all';

/** Which jobs a page of a list shows, newest created first. */
export interface JobFilter {
  readonly scope: JobScope;
  readonly status?: readonly JobStatus[];
  readonly type?: string;
  readonly tag?: string;
  /** Found in id or title, without regard to case. */
  readonly text?: string;
  /** At most this many. */
  readonly limit: number;
  /** `nextPage` of the page before; a page that is not one is refused with `page-invalid`. */
  readonly page?: string;
}

/** What a read found; ids that are not there are left out. */
export interface JobReading {
  readonly epoch: string;
  readonly position: string;
  readonly records: ReadonlyMap<string, JobRecord>;
  /** Of those that are gone the version at which they went, as long as that is remembered [R13]. */
  readonly removed: ReadonlyMap<string, number>;
}

/** One page of a list. */
export interface JobListing {
  readonly epoch: string;
  readonly jobs: readonly Job[];
  readonly nextPage: string | null;
}

/**
 * What changed in a scope after a position, oldest change first: jobs in their newest state, and those that left the
 * scope. `reset`: the position meant nothing to this store, so this begins a snapshot of the active and the newest
 * finished jobs. `more`: ask again with `position`.
 */
export interface JobChangesSince {
  readonly epoch: string;
  readonly position: string;
  readonly reset: boolean;
  readonly more: boolean;
  readonly jobs: readonly Job[];
  readonly removed: readonly Tombstone[];
}

/** What counts as overdue: last heard of, or ended, before these times (ms since 1970). */
export interface OverdueBounds {
  readonly heartbeatBefore: number;
  readonly endedBefore: number;
}

/** Jobs for which it is time: attempts not heard of, and ended jobs past their retention. */
export interface OverdueJobs {
  readonly lost: readonly JobRecord[];
  readonly expired: readonly JobRecord[];
}

/** Ends a {@link JobStore.follow}. */
export type Unfollow = () => Promise<void>;

/**
 * Where jobs are kept and decided: asynchronous and batched, so that one process with SQLite and many with Redis are the
 * same to everyone else. State and event of a change are committed in one step [R6]. Every method rejects with a
 * `RefusalError('unavailable')` when the store cannot be reached.
 */
export interface JobStore {
  /** Whether other processes may work on these jobs at the same time; left out: they are this process's own. */
  readonly isShared?: true;
  /** Where it keeps who did what [A1]; left out: it keeps none. */
  readonly audit?: AuditLog;
  /** Where it keeps which sessions were ended [S8]; left out: that is known to each process alone, and while it runs. */
  readonly sessionEnds?: SessionEnds;
  /** Decides each change in order and commits what is accepted; answers in the same order. */
  apply(changes: readonly JobChange[]): Promise<readonly ChangeOutcome[]>;
  /** The records of these ids, as of one moment. */
  read(ids: readonly string[]): Promise<JobReading>;
  /** One page of the jobs that match; a change between two pages moves no other job across them. */
  list(filter: JobFilter): Promise<JobListing>;
  /** Every status change and the newest 100 progress changes of a job, oldest first [R9]; empty when there is no such job. */
  history(id: string): Promise<readonly JobHistoryEntry[]>;
  /** What changed after `position` (null: a snapshot), at most `limit` rows. Cost follows what changed [S5]. */
  since(position: string | null, scope: JobScope, limit: number): Promise<JobChangesSince>;
  /**
   * Hands every event committed after `position` (null: from now on) to the listener, in commit order, until unfollowed.
   * From an older position a job's newest state may stand for several of its events, and progress of a job that is gone by now
   * may be left out. A position that means nothing here
   * (of another epoch, or too old) is refused with `page-invalid`: read anew what matters, and follow from now on. A
   * listener that throws disturbs neither the commit nor another listener.
   */
  follow(position: string | null, listener: (batch: JobEventBatch) => void): Promise<Unfollow>;
  /** Attempts being worked on that were last heard of before one bound, and jobs that ended before the other. */
  overdue(bounds: OverdueBounds): Promise<OverdueJobs>;
  /** Lets go of files and connections; nothing may be asked afterwards. */
  close(): Promise<void>;
}
