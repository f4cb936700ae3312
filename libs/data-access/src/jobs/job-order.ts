import type { JobEntity } from './job-entity';

/** What became of an entity; `before` is null when it is new. */
export interface EntityChange {
  readonly before: JobEntity | null;
  readonly after: JobEntity;
}

/** Newest first; the clock is for display only [R1]. */
export const byAge = (a: JobEntity, b: JobEntity): number =>
  a.createdAt === b.createdAt ? (a.id < b.id ? -1 : a.id > b.id ? 1 : 0) : a.createdAt > b.createdAt ? -1 : 1;

/** The list with these changes, newest first: one copy, in which each entity is found by halving. */
export function reordered(list: readonly JobEntity[], changes: Iterable<EntityChange>): JobEntity[] {
  const next = list.slice();
  const moved: EntityChange[] = [];
  for (const change of changes) {
    if (change.before && byAge(change.before, change.after) === 0) next[placeOf(next, change.before)] = change.after;
    else moved.push(change);
  }
  if (moved.length === 0) return next;
  const left = new Set(moved.map(({ before }) => before));
  return [...next.filter((entity) => !left.has(entity)), ...moved.map(({ after }) => after)].sort(byAge);
}

/** Where this entity is, or would be. */
function placeOf(list: readonly JobEntity[], entity: JobEntity): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = list[middle];
    if (other && byAge(other, entity) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
