import type { Watcher } from './watcher.js';

/**
 * Jobs that clients declare to watch [S5] and that are not there, or not theirs: it looks the same [S4]. Whoever awaits one is
 * asked about again when it comes to be theirs to see.
 */
export class AwaitedJobs {
  private readonly byJob = new Map<string, Set<Watcher>>();
  private readonly byWatcher = new WeakMap<Watcher, Set<string>>();

  of(jobId: string): readonly Watcher[] {
    return [...(this.byJob.get(jobId) ?? [])];
  }

  has(watcher: Watcher, jobId: string): boolean {
    return this.byWatcher.get(watcher)?.has(jobId) ?? false;
  }

  add(watcher: Watcher, jobId: string): void {
    const known = this.byWatcher.get(watcher);
    if (known) known.add(jobId);
    else this.byWatcher.set(watcher, new Set([jobId]));
    const theirs = this.byJob.get(jobId);
    if (theirs) theirs.add(watcher);
    else this.byJob.set(jobId, new Set([watcher]));
  }

  delete(watcher: Watcher, jobId: string): void {
    if (!this.byWatcher.get(watcher)?.delete(jobId)) return;
    const theirs = this.byJob.get(jobId);
    theirs?.delete(watcher);
    if (theirs?.size === 0) this.byJob.delete(jobId);
  }

  /** These, and no others. */
  declare(watcher: Watcher, jobIds: Iterable<string>): void {
    this.forget(watcher);
    for (const jobId of jobIds) this.add(watcher, jobId);
  }

  /** It declares nothing any more, or its connection is gone. */
  forget(watcher: Watcher): void {
    for (const jobId of [...(this.byWatcher.get(watcher) ?? [])]) this.delete(watcher, jobId);
  }
}
