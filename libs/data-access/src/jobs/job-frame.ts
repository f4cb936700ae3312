import type { FramedJob, JobRemoval } from '@harmonia/contract';
import type { ReceivedJob } from './received-job';

/** What one message says of jobs. */
export interface JobNews {
  readonly epoch: string;
  readonly jobs: readonly ReceivedJob[];
  readonly removed: readonly JobRemoval[];
}

/** A `jobs:frame` of the server [E4]: what changes often, of each job that changed. */
export interface WireFrame {
  readonly epoch: string;
  readonly jobs: readonly FramedJob[];
}

/** What a `jobs:sync` answer says besides. */
export interface SyncOutcome {
  /** What was declared by name: it stays, whatever the list says [S5]. */
  readonly named: readonly string[];
  /** Ids told of in a first snapshot: no fact follows from it [C4]. */
  readonly introduced: readonly string[];
  /** The page of the user's list in it; null when the answer was not about it. */
  readonly userList: UserListPage | null;
}

/** How far the user's list has been told of: the cursor for the next sync [S5], and whether that was all of it. */
export interface UserListPosition {
  readonly cursor: string;
  readonly complete: boolean;
}

/** One page of the user's list. */
export interface UserListPage extends UserListPosition {
  /** It begins a snapshot, which replaces the list once its last page is here [S5]. */
  readonly reset: boolean;
}

/** What one animation frame, or one sync answer, brought: the payload of the one action that feeds the reducer [C4]. */
export interface JobFrame extends JobNews {
  /** What the sync answer said besides; null when these are events of a frame, each id at most once. */
  readonly sync: SyncOutcome | null;
}
