import type { Job } from '@harmonia/contract';
import type { Tombstone } from './job-change.js';
import type { JobEvent } from './job-event.js';
import type { JobScope } from './job-store.js';
import type { SqliteDatabase, Values } from './sqlite-database.js';
import { JOBS, jobRow, numberRow, revocationRow, TOMBSTONES, tombstoneRow } from './sqlite-rows.js';
import type { StorePosition } from './store-position.js';

/** How many finished jobs a snapshot of a list brings: the newest. */
const SNAPSHOT_FINISHED = 100;

/** What changed in a list; `next` is where the rest begins, null when this is all. */
export interface ListChanges {
  readonly jobs: readonly Job[];
  readonly removed: readonly Tombstone[];
  readonly next: StorePosition | null;
}

/** Where the snapshot of a list begins, when the store stands at `start` [S5]. */
export function snapshotStart(database: SqliteDatabase, scope: JobScope, start: number): StorePosition {
  const floor = numberRow(database.get(FLOOR[kindOf(scope)], { ...ownerIn(scope), offset: SNAPSHOT_FINISHED - 1 }));
  return { position: 0, snapshot: { floor, start } };
}

/**
 * The next rows after a position, oldest change first. A job that changes between two parts moves to the end of the walk,
 * so that it is met in its newest state, and the walk still ends.
 */
export function changesSince(database: SqliteDatabase, from: StorePosition, scope: JobScope, limit: number): ListChanges {
  const { position, snapshot } = from;
  const bounds = { ...ownerIn(scope), limit: limit + 1 };
  const kind = kindOf(scope);
  const jobs = database.all(CHANGED[kind], { ...bounds, after: position, finishedAfter: Math.max(position, (snapshot?.floor ?? 0) - 1) });
  const removed = database.all(GONE[kind], { ...bounds, after: Math.max(position, snapshot?.start ?? 0) });
  const rows = [...jobs.map(jobRow), ...removed.map(tombstoneRow)].sort((a, b) => a.position - b.position);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    jobs: page.flatMap((row) => ('record' in row ? [row.record.job] : [])),
    removed: page.flatMap((row) => ('tombstone' in row ? [row.tombstone] : [])),
    next: rows.length > page.length && last ? { ...from, position: last.position } : null,
  };
}

/** What a follower missed: the newest state of each job as one event, and whatever else was announced. */
export function eventsSince(database: SqliteDatabase, position: number): readonly JobEvent[] {
  const bounds = { after: position, limit: -1 };
  const jobs = database.all(CHANGED.all, { ...bounds, finishedAfter: position }).map(jobRow);
  const gone = database.all(BURIED, { after: position }).map(tombstoneRow);
  const revoked = database.all(REVOKED, { after: position }).map(revocationRow);
  const events = [
    ...jobs.map((row) => ({ position: row.position, event: eventOf(row.record.job) })),
    ...gone.map(({ position: at, ...row }) => ({ position: at, event: departureOf(database, row) })),
    ...revoked.map(({ position: at, userId, jobId }) => ({ position: at, event: revocationOf(userId, jobId) })),
  ];
  return events.sort((a, b) => a.position - b.position).map(({ event }) => event);
}

/** Forgets removals and revocations up to this time; answers the position of the last that was forgotten [R13]. */
export function forgetUntil(database: SqliteDatabase, time: number): number {
  const forgotten = numberRow(database.get(OUTLIVED, { time }));
  database.run('DELETE FROM tombstones WHERE at <= :time', { time });
  database.run('DELETE FROM revocations WHERE at <= :time', { time });
  return forgotten;
}

function eventOf(job: Job): JobEvent {
  if (job.status === 'queued') return { kind: job.attempt === 1 ? 'created' : 'retried', job };
  if (job.status === 'processing') return { kind: job.progress ? 'progress' : 'started', job };
  return { kind: job.status, job };
}

function departureOf(database: SqliteDatabase, { tombstone, moved }: { tombstone: Tombstone; moved: boolean }): JobEvent {
  const row = moved ? database.get(`${JOBS} WHERE id = :id`, { id: tombstone.id }) : undefined;
  if (row === undefined) return { kind: 'removed', ...tombstone };
  return { kind: 'edited', job: jobRow(row).record.job, previousUserId: tombstone.userId };
}

function revocationOf(userId: string, jobId: string | null): JobEvent {
  return jobId === null ? { kind: 'revoked', userId } : { kind: 'revoked', userId, jobId };
}

const kindOf = (scope: JobScope) => (scope === 'all' ? 'all' : 'user');
const ownerIn = (scope: JobScope): Values => (scope === 'all' ? {} : { userId: scope.userId });

const changed = (owner: string) => `
  ${JOBS} WHERE ended_at IS NULL ${owner} AND position > :after
  UNION ALL
  ${JOBS} WHERE ended_at IS NOT NULL ${owner} AND position > :finishedAfter
  ORDER BY position LIMIT :limit`;
const floor = (owner: string) => `SELECT position AS value FROM jobs WHERE ended_at IS NOT NULL ${owner}
  ORDER BY position DESC LIMIT 1 OFFSET :offset`;

const OWN = 'AND user_id = :userId';
const CHANGED = { user: changed(OWN), all: changed('') };
const FLOOR = { user: floor(OWN), all: floor('') };

/** A job that went to another owner is gone for its former one alone. */
const GONE = {
  user: `${TOMBSTONES} WHERE position > :after ${OWN} ORDER BY position LIMIT :limit`,
  all: `${TOMBSTONES} WHERE position > :after AND moved = 0 ORDER BY position LIMIT :limit`,
};
const BURIED = `${TOMBSTONES} WHERE position > :after`;
const REVOKED = 'SELECT position, user_id AS userId, job_id AS jobId FROM revocations WHERE position > :after';
const OUTLIVED = `SELECT max(position) AS value FROM
  (SELECT position FROM tombstones WHERE at <= :time UNION ALL SELECT position FROM revocations WHERE at <= :time)`;
