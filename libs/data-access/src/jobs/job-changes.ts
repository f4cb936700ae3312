import { inject, Injectable, signal, type WritableSignal } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { Store } from '@ngrx/store';
import { selectHarmonia, type HarmoniaState } from '../harmonia.feature';
import { bucketOf, rowAt, slotOf } from './bucket-table';
import { entityAt, type KnownJobs } from './job-segments';

/** A job that somebody reads. */
interface FollowedJob {
  readonly id: string;
  readers: number;
  /** Where in the tables it is; -1 while it is not known. */
  slot: number;
  /** Counts up when anything of the job has changed. */
  readonly changes: WritableSignal<number>;
}

/**
 * Tells readers of one job of its changes alone: the store's own signals tell every reader of every change, and with hundreds of
 * views each of them would look. It follows from the store's state and nothing else, whoever changed that and how.
 */
@Injectable()
export class JobChanges {
  private readonly store = inject<Store<object>>(Store);
  private readonly state = this.store.selectSignal(selectHarmonia);
  private readonly followed = new Map<string, FollowedJob>();
  private latest = this.state();

  constructor() {
    this.store
      .select(selectHarmonia)
      .pipe(takeUntilDestroyed())
      .subscribe((harmonia) => this.look(harmonia));
  }

  /** How many jobs are followed. */
  get size(): number {
    return this.followed.size;
  }

  /** Follows a job until the answer is called. */
  follow(id: string): () => void {
    const job = this.followed.get(id) ?? { id, readers: 0, slot: slotIn(this.latest, id), changes: signal(0) };
    job.readers++;
    this.followed.set(id, job);
    return () => this.leave(job);
  }

  /** The state to read this job from, as a signal would give it: told of every change while nobody follows the job. */
  stateFor(id: string): HarmoniaState {
    const job = this.followed.get(id);
    if (!job) return this.state();
    job.changes();
    return this.latest;
  }

  private leave(job: FollowedJob): void {
    if (--job.readers > 0) return;
    this.followed.delete(job.id);
    // Whoever reads it still is told by the store from now on.
    tell(job);
  }

  private look(after: HarmoniaState): void {
    const before = this.latest;
    this.latest = after;
    const isIndexNew = before.records.rows.slots !== after.records.rows.slots;
    const isOverlayNew = before.records.tombstones !== after.records.tombstones || before.commands !== after.commands;
    for (const job of this.followed.values()) {
      const { id, slot } = job;
      if (isIndexNew) job.slot = slotIn(after, id);
      const isOther = slot !== job.slot || isChanged(job, before.records, after.records);
      if (isOther || (isOverlayNew && isOverlaid(id, before, after))) tell(job);
    }
  }
}

const slotIn = ({ records }: HarmoniaState, id: string): number => slotOf(records.rows, id) ?? -1;

const tell = ({ changes }: FollowedJob): void => changes.update((times) => times + 1);

/** Whether either part of it has changed; buckets that are the same hold the same. */
function isChanged({ id, slot }: FollowedJob, before: KnownJobs, after: KnownJobs): boolean {
  const at = bucketOf(slot);
  const isRowNew =
    before.rows.buckets[at] !== after.rows.buckets[at] && rowAt(before.rows.buckets, slot) !== rowAt(after.rows.buckets, slot);
  return (
    isRowNew || (before.segments[at] !== after.segments[at] && entityAt(before.segments, slot, id) !== entityAt(after.segments, slot, id))
  );
}

/** Whether that it is gone has changed, or what lies over it [C10]. */
const isOverlaid = (id: string, before: HarmoniaState, after: HarmoniaState): boolean =>
  before.records.tombstones[id] !== after.records.tombstones[id] ||
  before.commands.pending[id] !== after.commands.pending[id] ||
  before.commands.refused[id] !== after.commands.refused[id];
