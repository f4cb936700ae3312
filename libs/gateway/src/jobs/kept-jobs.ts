import { endedLightly, type EventOfJob, type WireEvent } from './wire-events.js';

/** What is kept of one job: that it changed, and what its newest state cannot tell. */
export interface Kept {
  /** It was created meanwhile. */
  readonly isNew: boolean;
  /** Its body or its owner changed. */
  readonly hasBody: boolean;
  /** The attempts that ended meanwhile, oldest first. */
  readonly ends: readonly KeptEnd[];
  /** It is gone, or somebody else's. */
  readonly removed: WireEvent | null;
}

/** An attempt that ended; `wire` is null when only the newest state can tell of it. */
interface KeptEnd {
  readonly attempt: number;
  readonly wire: WireEvent | null;
}

const CHANGED: Kept = { isNew: false, hasBody: false, ends: [], removed: null };

/** As much as fits into half a megabyte: an end weighs as much as ten jobs of which only the id is kept. */
const MOST = 5_000;
const WEIGHT_OF_AN_END = 10;

/**
 * What a socket that does not keep up has to be told once it does [L2]: which jobs changed, and no states, since those are
 * in the store. Of ends that another attempt may follow a few words are kept, since the newest state does not tell of them.
 */
export class KeptJobs {
  private readonly jobs = new Map<string, Kept>();
  private weight = 0;
  private overflown = false;

  /** More happened than is kept: only a sync can tell [S5]. */
  get isOverflown(): boolean {
    return this.overflown;
  }

  get isEmpty(): boolean {
    return this.jobs.size === 0;
  }

  /** More happened than can be known. */
  overflow(): void {
    this.overflown = true;
    this.jobs.clear();
  }

  /** The job changed in a way that its newest state tells. */
  change(id: string): void {
    if (!this.jobs.has(id)) this.put(id, CHANGED);
  }

  /** To be told of every event that would have gone to the socket. */
  hear(event: EventOfJob, epoch: string): void {
    if (event.kind === 'removed') return this.remove({ name: 'job:removed', payload: { epoch, id: event.id, version: event.version } });
    if (event.kind === 'created') return this.put(event.job.id, { ...CHANGED, isNew: true, hasBody: true });
    const { id, attempt, version, bodyVersion } = event.job;
    const wire = endedLightly(event, epoch);
    const hasBody = version === bodyVersion || event.kind === 'edited';
    if (wire === undefined && !hasBody) return this.change(id);
    const known = this.jobs.get(id) ?? CHANGED;
    this.put(id, {
      ...known,
      hasBody: known.hasBody || hasBody,
      ends: wire === undefined ? known.ends : [...known.ends, { attempt, wire }],
    });
  }

  /** The job is no longer to be seen; what was kept of it goes. */
  remove(wire: Extract<WireEvent, { name: 'job:removed' }>): void {
    const ends = this.jobs.get(wire.payload.id)?.ends ?? [];
    this.put(wire.payload.id, { ...CHANGED, ends, removed: wire });
  }

  /** [S7] Somebody may no longer see the job: what was kept in words goes, and its state is told only if the policy says so. */
  forget(id: string): void {
    const known = this.jobs.get(id);
    if (known) this.put(id, { ...CHANGED, removed: known.removed });
  }

  /** The next jobs to be told of, those that ended or went first. They are kept until they are taken. */
  next(count: number): readonly string[] {
    const ids = [...this.jobs.keys()];
    const isUrgent = (id: string) => this.jobs.get(id)?.ends.length !== 0 || this.jobs.get(id)?.removed !== null;
    return [...ids.filter(isUrgent), ...ids.filter((id) => !isUrgent(id))].slice(0, count);
  }

  /** What was kept of a job, which goes from here. */
  take(id: string): Kept | undefined {
    const kept = this.jobs.get(id);
    if (kept) this.weight -= weightOf(kept);
    this.jobs.delete(id);
    return kept;
  }

  private put(id: string, kept: Kept): void {
    if (this.overflown) return;
    this.take(id);
    this.jobs.set(id, kept);
    this.weight += weightOf(kept);
    if (this.weight > MOST) this.overflow();
  }
}

const weightOf = ({ ends }: Kept): number => 1 + ends.length * WEIGHT_OF_AN_END;
