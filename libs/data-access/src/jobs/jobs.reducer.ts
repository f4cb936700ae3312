import { isTerminal, type JobRemoval, type JobState } from '@harmonia/contract';
import { createReducer, on } from '@ngrx/store';
import { ConnectionActions } from '../connection/connection.actions';
import { EMPTY_TABLE, rowOf, TableDraft, withoutRows } from './bucket-table';
import { entityOf, type JobEntity } from './job-entity';
import type { JobFrame, UserListPosition } from './job-frame';
import { reordered, type EntityChange } from './job-order';
import { entityAt, entityIn, withEntities, withoutEntities, type KnownJobs } from './job-segments';
import { JobsActions } from './jobs.actions';
import type { ReceivedJob } from './received-job';

/** All that is known of jobs, as one user may see them. */
export interface JobRecords extends KnownJobs {
  /** All entities, newest first: the same list until one of them changes [C10]. */
  readonly all: JobEntity[];
  /** Whether the last frame told of a body, beside steps of progress, and did not bring it: it takes a sync to have it [S5]. */
  readonly lacksBody: boolean;
  /** Versions of the jobs removed last, so that a late answer does not bring one back [C2]. */
  readonly tombstones: Readonly<Record<string, number>>;
  /** While the pages of a list's snapshot arrive, the versions of jobs that it may no longer hold [S5]. */
  readonly doubted: Readonly<Record<string, number>>;
  /** The store's epoch that these records belong to [R7]; null before the first sync. */
  readonly epoch: string | null;
  /** Whose session these records came by. */
  readonly userId: string | null;
  /** How far the user's list has been told of; null before its first sync. */
  readonly userList: UserListPosition | null;
}

/** How many removed jobs are remembered, the last to be removed. */
const MOST_TOMBSTONES = 10_000;

/** What is known before anything arrived. */
export const NO_RECORDS: JobRecords = {
  rows: EMPTY_TABLE,
  segments: [],
  all: [],
  lacksBody: false,
  tombstones: {},
  doubted: {},
  epoch: null,
  userId: null,
  userList: null,
};

/** Fed by one action alone, one a frame [C4]; what is retired leaves, another user or a sign-out begins anew. */
export const jobsReducer = createReducer(
  NO_RECORDS,
  on(JobsActions.jobsReceived, (records, frame) => received(records, frame)),
  // One that began another attempt meanwhile stays.
  on(JobsActions.jobsRetired, (records, { ids }) =>
    withoutJobs(
      records,
      ids.filter((id) => isEnded(records, id)),
    ),
  ),
  on(ConnectionActions.sessionAuthenticated, ConnectionActions.pollingBegan, (records, { userId }) =>
    records.userId === userId ? records : { ...NO_RECORDS, userId },
  ),
  on(ConnectionActions.signedOut, () => NO_RECORDS),
);

function received(before: JobRecords, frame: JobFrame): JobRecords {
  // A frame of another epoch comes from the sync that adopts it [C3]: nothing older may outlive it.
  const records = frame.epoch === before.epoch ? before : { ...NO_RECORDS, userId: before.userId, epoch: frame.epoch };
  return withListPage(withJobs(withRemovals(records, frame), frame), frame);
}

/** Once complete, a list stays so while later pages bring its changes. */
function withListPage(records: JobRecords, { jobs, sync }: JobFrame): JobRecords {
  const page = sync?.userList;
  if (!page) return records;
  const doubted = page.reset ? versionsIn(records) : { ...records.doubted };
  for (const { state } of jobs) delete doubted[state.id];
  const userList = { cursor: page.cursor, complete: page.complete || (records.userList?.complete ?? false) };
  if (!page.complete) return { ...records, doubted, userList };
  return { ...withoutJobs(records, outside(records, doubted, sync.named)), doubted: NO_RECORDS.doubted, userList };
}

const versionsIn = ({ all, rows }: JobRecords): Record<string, number> =>
  Object.fromEntries(all.map(({ id }) => [id, rowOf(rows, id)?.version ?? 0]));

/** What no page of a snapshot told of, nor anything since it began, and nobody named [S5]: not removed, but not in the list. */
function outside({ rows }: JobRecords, doubted: Readonly<Record<string, number>>, named: readonly string[]): readonly string[] {
  return Object.keys(doubted).filter((id) => rowOf(rows, id)?.version === doubted[id] && !named.includes(id));
}

function isEnded(records: JobRecords, id: string): boolean {
  const entity = entityIn(records, id);
  return entity !== null && isTerminal(entity.status);
}

function withoutJobs(records: JobRecords, ids: readonly string[]): JobRecords {
  const rows = withoutRows(records.rows, ids);
  if (rows === records.rows) return records;
  const segments = withoutEntities(records.segments, records.rows.slots, ids);
  return { ...records, rows, segments, all: records.all.filter(({ id }) => id in rows.slots) };
}

/**
 * A removal counts unless something newer is known [C1, C2]. A sync answer is later than what is known, and may tell a removal
 * at the version that was declared.
 */
function withRemovals(records: JobRecords, { removed, sync }: JobFrame): JobRecords {
  const known = (id: string) => rowOf(records.rows, id)?.version ?? 0;
  const told = sync ? removed.map(({ id, version }) => ({ id, version: Math.max(version, known(id)) })) : removed;
  const news = told.filter(({ id, version }) => version >= Math.max(known(id), records.tombstones[id] ?? 0));
  if (news.length === 0) return records;
  const tombstones = withTombstones(records.tombstones, news);
  return {
    ...withoutJobs(
      records,
      news.map(({ id }) => id),
    ),
    tombstones,
  };
}

function withTombstones(before: JobRecords['tombstones'], news: readonly JobRemoval[]): JobRecords['tombstones'] {
  const tombstones = { ...before };
  for (const { id, version } of news) {
    // What is added stands last, so that the first is the oldest; ids that are numbers stand in their own order.
    delete tombstones[id];
    tombstones[id] = Math.max(before[id] ?? 0, version);
  }
  for (const id of Object.keys(tombstones).slice(0, -MOST_TOMBSTONES)) delete tombstones[id];
  return tombstones;
}

/** Of each job the newest state and the newest body, whatever the order in which they came [C1]. */
function withJobs(records: JobRecords, { jobs, sync }: JobFrame): JobRecords {
  const draft = new TableDraft(records.rows);
  const changes = new Map<string, EntityChange>();
  let isSame = true;
  let lacksBody = false;
  for (const job of jobs) {
    const { id, version } = job.state;
    const slot = draft.slotOf(id);
    const row = slot === undefined ? null : draft.at(slot);
    if (!row && !isBack(records.tombstones[id], version, sync !== null)) continue;
    if (row && isStep(row, job)) {
      draft.put(id, job.state, slot);
      isSame = false;
      continue;
    }
    const change = changes.get(id);
    const known = change?.after ?? (slot === undefined ? null : entityAt(records.segments, slot, id));
    const isNewer = version > (row?.version ?? 0);
    const entity = known ? withChanges(known, job, isNewer) : entityOf(job.state, job.body);
    if (!job.body && entity.bodyVersion < (isNewer || !row ? job.state : row).bodyVersion) lacksBody = true;
    if (isNewer) draft.put(id, job.state, slot);
    if (entity !== known) changes.set(id, { before: change?.before ?? known, after: entity });
    isSame &&= !isNewer && entity === known;
  }
  if (isSame) return lacksBody === records.lacksBody ? records : { ...records, lacksBody };
  const next = { ...records, rows: draft.table(), lacksBody };
  return changes.size === 0 ? next : withoutTombstones(withChanged(next, [...changes.values()]), changes);
}

/** The entities go through the adapter; a frame that brings progress only does not come here [C10]. */
function withChanged(records: JobRecords, changes: readonly EntityChange[]): JobRecords {
  const entities = changes.map(({ after }) => after);
  return { ...records, segments: withEntities(records.segments, records.rows.slots, entities), all: reordered(records.all, changes) };
}

/**
 * Above its removal a job is there again. At the version of its removal only a sync can say so, which came after it on the
 * same connection: access that was lost is back. Any other message of that version is late [C2].
 */
const isBack = (tombstone: number | undefined, version: number, isTold: boolean): boolean =>
  tombstone === undefined || version > tombstone || (isTold && version === tombstone);

/** Most of what comes is a step of progress: no entity is looked up for it [C10], and a body that is behind was asked for before. */
const isStep = (row: JobState, { state, body }: ReceivedJob): boolean =>
  body === null &&
  state.version > row.version &&
  state.bodyVersion === row.bodyVersion &&
  state.status === row.status &&
  state.attempt === row.attempt &&
  state.userId === row.userId &&
  state.jobType === row.jobType &&
  state.createdAt === row.createdAt;

/** The same object when nothing of what changes rarely has changed [C10]. */
function withChanges(known: JobEntity, { state, body }: ReceivedJob, isNewer: boolean): JobEntity {
  // Type and time of creation change where the id was created again and its removal was missed [R13].
  const newBody = body && body.bodyVersion > known.bodyVersion ? body : null;
  const { status, attempt, userId } = isNewer ? state : known;
  // the line of a frame has neither, so that a newer version alone may still be of the job before
  const { jobType, createdAt } = isNewer || newBody ? state : known;
  const isReborn = jobType !== known.jobType || createdAt !== known.createdAt;
  const same = status === known.status && attempt === known.attempt && userId === known.userId && !isReborn;
  return same && !newBody ? known : { ...known, status, attempt, userId, jobType, createdAt, ...newBody };
}

/** A job that is newer than its removal is there again. */
function withoutTombstones(records: JobRecords, there: ReadonlyMap<string, unknown>): JobRecords {
  const stale = [...there.keys()].filter((id) => id in records.tombstones);
  if (stale.length === 0) return records;
  const tombstones = { ...records.tombstones };
  for (const id of stale) delete tombstones[id];
  return { ...records, tombstones };
}
