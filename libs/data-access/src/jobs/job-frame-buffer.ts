import type { JobRemoval } from '@harmonia/contract';
import type { JobFrame, JobNews, SyncOutcome } from './job-frame';
import { newestOf, type ReceivedJob } from './received-job';

/** Gathers what arrives between two animation frames: of each job the newest [C4]. Knows nothing of time or the store. */
export class JobFrameBuffer {
  private readonly jobs = new Map<string, ReceivedJob>();
  private readonly removed = new Map<string, JobRemoval>();
  private sync: SyncOutcome | null = null;
  /** What the sync told of, and no removal after it [C2]. */
  private readonly told = new Set<string>();
  private adopted: string | null = null;

  /** The epoch that the last sync adopted [C3]; null before the first. */
  get epoch(): string | null {
    return this.adopted;
  }

  /** Adds what a message says; answers false, and adds nothing, when it is of an epoch not adopted [C3]. */
  add(news: JobNews): boolean {
    if (news.epoch !== this.adopted) return false;
    for (const job of news.jobs) {
      const known = this.jobs.get(job.state.id);
      this.jobs.set(job.state.id, known ? newestOf(known, job) : job);
    }
    for (const removal of news.removed) {
      if (removal.version >= (this.removed.get(removal.id)?.version ?? 0)) this.removed.set(removal.id, removal);
      this.told.delete(removal.id);
    }
    return true;
  }

  /** Adds a sync's answer, which adopts its epoch [C3]. One a frame: whoever syncs takes what was gathered before. */
  adopt(news: JobNews, outcome: SyncOutcome): void {
    if (news.epoch !== this.adopted) this.clear();
    this.adopted = news.epoch;
    // The answer is later than what was gathered: a removal in it counts whatever version that had [C2].
    const removed = news.removed.map(({ id, version }) => ({ id, version: Math.max(version, this.jobs.get(id)?.state.version ?? 0) }));
    this.add({ ...news, removed });
    this.sync = outcome;
    for (const { state } of news.jobs) this.told.add(state.id);
  }

  /** Hands out what was gathered, and begins anew; null when there is nothing. */
  take(): JobFrame | null {
    if (this.adopted === null || (this.jobs.size === 0 && this.removed.size === 0 && this.sync === null)) return null;
    const frame = { epoch: this.adopted, jobs: [...this.jobs.values()], removed: [...this.removed.values()], sync: this.outcome };
    this.empty();
    return frame;
  }

  /** Forgets everything, the epoch too. */
  clear(): void {
    this.empty();
    this.adopted = null;
  }

  private get outcome(): SyncOutcome | null {
    return this.sync && this.told.size > 0 ? { ...this.sync, told: [...this.told] } : this.sync;
  }

  private empty(): void {
    this.told.clear();
    this.jobs.clear();
    this.removed.clear();
    this.sync = null;
  }
}
