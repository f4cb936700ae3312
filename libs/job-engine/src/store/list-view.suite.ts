import type { Job } from '@harmonia/contract';
import type { JobScope, JobStore } from './job-store.js';

/** A list as a client keeps it up by `since` alone [S5, C1, C2]. */
export class ListView {
  readonly jobs = new Map<string, Job>();
  /** The ids that answers named as removed. */
  readonly removals: string[] = [];
  /** How often an answer began anew. */
  resets = 0;
  cursor: string | null = null;

  readonly #gone = new Map<string, number>();

  constructor(readonly scope: JobScope) {}

  /** Asks until there is no more; `between` runs after each part. */
  async catchUp(store: JobStore, limit = 500, between: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    for (let more = true; more;) {
      more = await this.#next(store, limit);
      await between();
    }
  }

  async #next(store: JobStore, limit: number): Promise<boolean> {
    const { reset, jobs, removed, position, more } = await store.since(this.cursor, this.scope, limit);
    expect(jobs.length + removed.length).toBeLessThanOrEqual(limit);
    if (reset) this.#reset();
    for (const job of jobs) if (job.version > this.#versionOf(job.id)) this.jobs.set(job.id, job);
    for (const { id, version } of removed) this.#remove(id, version);
    this.cursor = position;
    return more;
  }

  #reset(): void {
    this.resets++;
    this.jobs.clear();
    this.#gone.clear();
  }

  #remove(id: string, version: number): void {
    this.removals.push(id);
    if (version < this.#versionOf(id)) return;
    this.jobs.delete(id);
    this.#gone.set(id, version);
  }

  #versionOf(id: string): number {
    return this.jobs.get(id)?.version ?? this.#gone.get(id) ?? 0;
  }
}
