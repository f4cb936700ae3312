import type { JobRemoval } from '@harmonia/contract';
import { createEntityAdapter, type EntityState } from '@ngrx/entity';
import { createReducer, on } from '@ngrx/store';
import { ConnectionActions } from '../connection/connection.actions';
import { EMPTY_TABLE, rowOf, withoutRows, withRows, type BucketTable } from './bucket-table';
import { entityOf, pulseOf, type JobEntity, type JobPulse } from './job-entity';
import type { JobFrame, UserListPosition } from './job-frame';
import { JobsActions } from './jobs.actions';
import type { ReceivedJob } from './received-job';

/** All that is known of jobs, as one user may see them. */
export interface JobRecords extends EntityState<JobEntity> {
  readonly pulses: BucketTable<JobPulse>;
  /** Versions of removed jobs, so that a late answer does not bring one back [C2]. */
  readonly tombstones: Readonly<Record<string, number>>;
  /** The store's epoch that these records belong to [R7]; null before the first sync. */
  readonly epoch: string | null;
  /** Whose session these records came by. */
  readonly userId: string | null;
  /** How far the user's list has been told of; null before its first sync. */
  readonly userList: UserListPosition | null;
}

/** Newest first; the clock is for display only [R1]. */
const byAge = (a: JobEntity, b: JobEntity) => (a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : a.createdAt > b.createdAt ? -1 : 1);

/** The adapter of {@link JobEntity}, newest first. */
export const jobAdapter = createEntityAdapter<JobEntity>({ sortComparer: byAge });

/** What is known before anything arrived. */
export const NO_RECORDS: JobRecords = jobAdapter.getInitialState({
  pulses: EMPTY_TABLE,
  tombstones: {},
  epoch: null,
  userId: null,
  userList: null,
});

/** Fed by one action alone, one a frame [C4]; another user or a sign-out begins anew. */
export const jobsReducer = createReducer(
  NO_RECORDS,
  on(JobsActions.jobsReceived, (records, frame) => received(records, frame)),
  on(ConnectionActions.sessionAuthenticated, ConnectionActions.pollingBegan, (records, { userId }) =>
    records.userId === userId ? records : { ...NO_RECORDS, userId },
  ),
  on(ConnectionActions.signedOut, () => NO_RECORDS),
);

function received(before: JobRecords, frame: JobFrame): JobRecords {
  // A frame of another epoch comes from the sync that adopts it [C3]: nothing older may outlive it.
  const records = frame.epoch === before.epoch ? before : { ...NO_RECORDS, userId: before.userId, epoch: frame.epoch };
  const kept = frame.sync?.keep ? withRemovals(records, { removed: outside(records, frame.sync.keep) }) : records;
  return withPosition(withJobs(withRemovals(kept, frame), frame), frame.sync?.userList ?? null);
}

/** Once complete, a list stays so while later pages bring its changes. */
function withPosition(records: JobRecords, told: UserListPosition | null): JobRecords {
  if (!told) return records;
  return { ...records, userList: { cursor: told.cursor, complete: told.complete || (records.userList?.complete ?? false) } };
}

/** What a reset list drops, unless it brings it [S5]: gone at the version that is known, so that nothing older returns [C2]. */
function outside({ entities, pulses }: JobRecords, keep: readonly string[]): readonly JobRemoval[] {
  const stay = new Set(keep);
  return Object.keys(entities).flatMap((id) => (stay.has(id) ? [] : [{ id, version: rowOf(pulses, id)?.version ?? 0 }]));
}

const withoutJobs = (records: JobRecords, ids: readonly string[]): JobRecords =>
  ids.length === 0 ? records : { ...jobAdapter.removeMany([...ids], records), pulses: withoutRows(records.pulses, ids) };

/** A removal counts unless something newer is known [C1, C2]. */
function withRemovals(records: JobRecords, { removed }: Pick<JobFrame, 'removed'>): JobRecords {
  const news = removed.filter(
    ({ id, version }) => version >= Math.max(rowOf(records.pulses, id)?.version ?? 0, records.tombstones[id] ?? 0),
  );
  if (news.length === 0) return records;
  const tombstones = { ...records.tombstones };
  for (const { id, version } of news) tombstones[id] = Math.max(tombstones[id] ?? 0, version);
  return {
    ...withoutJobs(
      records,
      news.map(({ id }) => id),
    ),
    tombstones,
  };
}

/** Of each job the newest state and the newest body, whatever the order in which they came [C1]. */
function withJobs(records: JobRecords, { jobs, sync }: JobFrame): JobRecords {
  const told = new Set(sync?.told);
  const changed = new Map<string, JobEntity>();
  const pulses = new Map<string, JobPulse>();
  for (const job of jobs) {
    const { id, version } = job.state;
    const known = records.entities[id];
    const isNewer = known ? version > (rowOf(records.pulses, id)?.version ?? 0) : isBack(records.tombstones[id], version, told.has(id));
    if (!known && !isNewer) continue;
    const entity = known ? withChanges(known, job, isNewer) : entityOf(job.state, job.body);
    if (entity !== known) changed.set(id, entity);
    if (isNewer) pulses.set(id, pulseOf(job.state));
  }
  return withoutTombstones(withParts(records, changed, pulses), changed);
}

/**
 * Above its removal a job is there again. At the version of its removal only a sync can say so, which came after it on the
 * same connection: access that was lost is back. Any other message of that version is late [C2].
 */
const isBack = (tombstone: number | undefined, version: number, isTold: boolean): boolean =>
  tombstone === undefined || version > tombstone || (isTold && version === tombstone);

/** The same object when nothing of what changes rarely has changed [C10]. */
function withChanges(known: JobEntity, { state, body }: ReceivedJob, isNewer: boolean): JobEntity {
  // Type and time of creation change where the id was created again and its removal was missed [R13].
  const { status, attempt, userId, jobType, createdAt } = isNewer ? state : known;
  const newBody = body && body.bodyVersion > known.bodyVersion ? body : null;
  const isReborn = jobType !== known.jobType || createdAt !== known.createdAt;
  const same = status === known.status && attempt === known.attempt && userId === known.userId && !isReborn;
  return same && !newBody ? known : { ...known, status, attempt, userId, jobType, createdAt, ...newBody };
}

/** Rarely changing and often changing part, each copied only when one of its own changed [C10]. */
function withParts(records: JobRecords, changed: ReadonlyMap<string, JobEntity>, pulses: ReadonlyMap<string, JobPulse>): JobRecords {
  const entities = changed.size === 0 ? records : jobAdapter.setMany([...changed.values()], records);
  return pulses.size === 0 ? entities : { ...entities, pulses: withRows(records.pulses, pulses) };
}

/** A job that is newer than its removal is there again. */
function withoutTombstones(records: JobRecords, there: ReadonlyMap<string, JobEntity>): JobRecords {
  const stale = [...there.keys()].filter((id) => id in records.tombstones);
  if (stale.length === 0) return records;
  const tombstones = { ...records.tombstones };
  for (const id of stale) delete tombstones[id];
  return { ...records, tombstones };
}
