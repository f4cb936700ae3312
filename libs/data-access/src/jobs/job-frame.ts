import type { JobRemoval } from '@harmonia/contract';
import type { ReceivedJob } from './received-job';

/** What one message says of jobs. */
export interface JobNews {
  readonly epoch: string;
  readonly jobs: readonly ReceivedJob[];
  readonly removed: readonly JobRemoval[];
}

/** What a `jobs:sync` answer says besides. */
export interface SyncOutcome {
  /** After a reset list, the only records that stay [S5]; null when all do. */
  readonly keep: readonly string[] | null;
  /** Ids told of in a first snapshot: no fact follows from it [C4]. */
  readonly introduced: readonly string[];
  /** Ids that the answer told of and no removal after it: those may return at the version of their removal [C2]. */
  readonly told?: readonly string[];
  /** How far the user's list has been told of; null when the answer was not about it. */
  readonly userList: UserListPosition | null;
}

/** How far the user's list has been told of: the cursor for the next sync [S5], and whether that was all of it. */
export interface UserListPosition {
  readonly cursor: string;
  readonly complete: boolean;
}

/** What one animation frame brought, each id at most once: the payload of the one action that feeds the reducer [C4]. */
export interface JobFrame extends JobNews {
  /** What the sync answer among it said besides; null when there was none. */
  readonly sync: SyncOutcome | null;
}
