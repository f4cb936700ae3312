import type { Job, JobState } from '@harmonia/contract';
import { createEntityAdapter, type EntityState } from '@ngrx/entity';
import { bucketOf, rowOf, slotOf, type BucketTable } from './bucket-table';
import { joinJob, type JobEntity } from './job-entity';

/** The adapter of {@link JobEntity}; the order of lists is not its concern. */
export const jobAdapter = createEntityAdapter<JobEntity>();

/** All entities, cut up: each bucket of a table's slots has an adapter's state of its own, small enough to be copied. */
export type JobSegments = readonly EntityState<JobEntity>[];

/** Both parts of every job: its newest light state in rows, just as it came, and the entities beside them [C10]. */
export interface KnownJobs {
  readonly rows: BucketTable<JobState>;
  readonly segments: JobSegments;
}

/** The entity of this id, which has this slot. */
export const entityAt = (segments: JobSegments, slot: number, id: string): JobEntity | null =>
  segments[bucketOf(slot)]?.entities[id] ?? null;

/** The entity of this id; null while it is not known. */
export function entityIn({ rows, segments }: KnownJobs, id: string): JobEntity | null {
  const slot = slotOf(rows, id);
  return slot === undefined ? null : entityAt(segments, slot, id);
}

/** Whether nothing has touched this job's entity in between, by the segment that it is in. */
export function isUntouched(before: KnownJobs, after: KnownJobs, id: string): boolean {
  const slot = after.rows.slots[id];
  if (slot === undefined || slot !== before.rows.slots[id]) return false;
  return before.segments[bucketOf(slot)] === after.segments[bucketOf(slot)];
}

/** The whole job of this id; null while it is not known. */
export function jobIn(known: KnownJobs, id: string): Job | null {
  const row = rowOf(known.rows, id);
  const entity = entityIn(known, id);
  return row && entity && joinJob(entity, row);
}

/** The segments with these entities, added or replaced. */
export const withEntities = (segments: JobSegments, slots: Slots, entities: readonly JobEntity[]): JobSegments =>
  changed(
    segments,
    entities,
    ({ id }) => slots[id],
    (some, segment) => jobAdapter.setMany(some, segment),
  );

/** The segments without the entities of these ids, by the slots that they had. */
export const withoutEntities = (segments: JobSegments, slots: Slots, ids: readonly string[]): JobSegments =>
  changed(
    segments,
    ids,
    (id) => slots[id],
    (some, segment) => jobAdapter.removeMany(some, segment),
  );

type Slots = KnownJobs['rows']['slots'];

/** Copies each segment once that any item is in. */
function changed<Item>(
  segments: JobSegments,
  items: readonly Item[],
  slotOf: (item: Item) => number | undefined,
  change: (items: Item[], segment: EntityState<JobEntity>) => EntityState<JobEntity>,
): JobSegments {
  const parts = new Map<number, Item[]>();
  for (const item of items) {
    const slot = slotOf(item);
    if (slot === undefined) continue;
    const part = parts.get(bucketOf(slot));
    if (part) part.push(item);
    else parts.set(bucketOf(slot), [item]);
  }
  const next = segments.slice();
  for (const [at, part] of parts) next[at] = change(part, next[at] ?? jobAdapter.getInitialState());
  return next;
}
