import type { Job } from '@harmonia/contract';
import * as v from 'valibot';
import type { Tombstone } from './job-change.js';
import type { JobChangesSince, JobScope } from './job-store.js';
import { lostBy } from './redis-keys.js';
import type { RedisPartition } from './redis-partition.js';
import { formatPositions, parsePositions } from './redis-position.js';
import { recordRow } from './redis-rows.js';
import { SINCE } from './redis-since-scripts.js';
import type { StorePosition } from './store-position.js';

/** How many finished jobs a snapshot of a list brings: the newest. */
const SNAPSHOT_FINISHED = 100;

/** What changed in the part of a list that a partition holds. */
interface PartitionChanges {
  readonly reset: boolean;
  readonly more: boolean;
  /** Where the rest begins, or where it all ends. */
  readonly next: StorePosition;
  readonly jobs: readonly Job[];
  readonly removed: readonly Tombstone[];
}

/** See `JobStore.since`: one partition after the other, until there is as much as was asked for. */
export async function changesSince(
  partitions: readonly RedisPartition[],
  epoch: () => string,
  position: string | null,
  scope: JobScope,
  limit: number,
): Promise<JobChangesSince> {
  const begunIn = epoch();
  const from = position === null ? null : parsePositions(begunIn, position, partitions.length);
  const parts: PartitionChanges[] = [];
  let left = limit;
  for (const [part, partition] of partitions.entries()) {
    const changes = await partitionChanges(partition, from?.[part] ?? null, scope, left);
    // one part that begins anew makes a new beginning of all
    if (changes.reset && from) return changesSince(partitions, epoch, null, scope, limit);
    left -= changes.jobs.length + changes.removed.length;
    parts.push(changes);
  }
  // Redis was lost on the way: what the first parts have told is of the epoch before
  if (epoch() !== begunIn) return changesSince(partitions, epoch, position, scope, limit);
  const places = parts.map(({ next }) => next);
  return {
    epoch: begunIn,
    position: formatPositions(begunIn, places),
    reset: from === null,
    more: parts.some(({ more }) => more),
    jobs: parts.flatMap(({ jobs }) => jobs),
    removed: parts.flatMap(({ removed }) => removed),
  };
}

/** What changed in a scope since a position, null for a snapshot [S5]; a position that is too old begins a snapshot too. */
async function partitionChanges(
  partition: RedisPartition,
  from: StorePosition | null,
  scope: JobScope,
  limit: number,
): Promise<PartitionChanges> {
  const { keys } = partition;
  const named = [keys.meta, keys.active(scope), keys.finished(scope), keys.goneOut(scope), keys.gone, keys.active('all'), keys.revisions];
  const { floor = '', start = '' } = from?.snapshot ?? {};
  const args = [from ? 0 : 1, from?.position ?? 0, floor, start, limit, SNAPSHOT_FINISHED, keys.job];
  return readChanges(await partition.ask(SINCE, named, args));
}

const PlaceSchema = v.union([v.number(), v.literal('')]);
const GraveSchema = v.pipe(v.string(), v.transform(Number));
const RowSchema = v.tuple([v.string(), v.union([GraveSchema, v.array(v.unknown())])]);
const AnswerSchema = v.tuple([v.number(), v.number(), v.number(), PlaceSchema, PlaceSchema, v.number(), v.array(RowSchema)]);

function readChanges(answer: unknown[]): PartitionChanges {
  const [reset, position, last, floor, start, more, rows] = v.parse(AnswerSchema, answer);
  const snapshot = floor === '' || start === '' ? {} : { snapshot: { floor, start } };
  return {
    reset: reset === 1,
    more: more === 1,
    next: more === 1 ? { position: last, ...snapshot } : { position },
    jobs: rows.flatMap(([, row]) => (typeof row === 'number' ? [] : [recordRow(row).job])),
    removed: rows.flatMap(([grave, row]) => (typeof row === 'number' ? [{ ...lostBy(grave), version: row }] : [])),
  };
}
