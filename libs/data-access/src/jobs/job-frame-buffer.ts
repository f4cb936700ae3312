import type { JobRemoval } from '@harmonia/contract';
import type { JobFrame, JobNews } from './job-frame';
import { newestOf, type ReceivedJob } from './received-job';

/** Gathers what arrives between two animation frames: of each job the newest [C4]. Knows nothing of time or the store. */
export class JobFrameBuffer {
  /** The jobs of the first message; mostly it is the only one, a frame in which each job is once. */
  private first: readonly ReceivedJob[] = [];
  /** The jobs of all messages, once there are more. */
  private jobs = new Map<string, ReceivedJob>();
  private removed = new Map<string, JobRemoval>();
  private adopted: string | null = null;

  /** The epoch that the last sync adopted [C3]; null before the first. */
  get epoch(): string | null {
    return this.adopted;
  }

  /** Adds what a message says; answers false, and adds nothing, when it is of an epoch not adopted [C3]. */
  add(news: JobNews): boolean {
    if (news.epoch !== this.adopted) return false;
    if (this.isWithoutJobs) this.first = news.jobs;
    else this.fold(news.jobs);
    for (const removal of news.removed) {
      if (removal.version >= (this.removed.get(removal.id)?.version ?? 0)) this.removed.set(removal.id, removal);
    }
    return true;
  }

  /** What was gathered of a job; undefined when nothing was. */
  find(id: string): ReceivedJob | undefined {
    if (this.first.length > 0) this.fold([]);
    return this.jobs.get(id);
  }

  /** Gathers of this epoch from now on; nothing of the one before [C3]. */
  adopt(epoch: string): void {
    if (epoch !== this.adopted) this.clear();
    this.adopted = epoch;
  }

  /** Hands out what was gathered, and begins anew; null when there is nothing. */
  take(): JobFrame | null {
    if (this.adopted === null || (this.isWithoutJobs && this.removed.size === 0)) return null;
    const jobs = this.first.length > 0 ? this.first : [...this.jobs.values()];
    const frame = { epoch: this.adopted, jobs, removed: [...this.removed.values()], sync: null };
    this.empty();
    return frame;
  }

  /** Forgets everything, the epoch too. */
  clear(): void {
    this.empty();
    this.adopted = null;
  }

  private get isWithoutJobs(): boolean {
    return this.first.length === 0 && this.jobs.size === 0;
  }

  private fold(jobs: readonly ReceivedJob[]): void {
    for (const job of [...this.first, ...jobs]) {
      const known = this.jobs.get(job.state.id);
      this.jobs.set(job.state.id, known ? newestOf(known, job) : job);
    }
    this.first = [];
  }

  private empty(): void {
    this.first = [];
    this.jobs.clear();
    this.removed.clear();
  }
}
