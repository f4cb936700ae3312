import type { Watcher } from './watcher.js';

/**
 * Which jobs the lists of which sockets must not tell of [S7]: the policy said no, or is being asked. Frames of a list are
 * written for all in it, so a socket from which something is withheld gets lines of its own, and is *set apart*.
 */
export class Withheld {
  private readonly byJob = new Map<string, Set<Watcher>>();
  private readonly watchers = new Set<Watcher>();

  /** Those from whom anything is withheld. */
  get apart(): ReadonlySet<Watcher> {
    return this.watchers;
  }

  /** The sockets that must not be told of this job. */
  from(jobId: string): readonly string[] {
    const theirs = this.byJob.get(jobId);
    return theirs ? [...theirs].map(({ id }) => id) : [];
  }

  /** Those of them whom their lists never told of it, so that nothing is to be taken back. */
  unknownTo(jobId: string): readonly string[] {
    const theirs = [...(this.byJob.get(jobId) ?? [])];
    return theirs.filter(({ withheld }) => withheld.get(jobId)?.wasTold === false).map(({ id }) => id);
  }

  add(watcher: Watcher, jobId: string, wasTold: boolean): void {
    const theirs = this.byJob.get(jobId);
    if (theirs) theirs.add(watcher);
    else this.byJob.set(jobId, new Set([watcher]));
    this.watchers.add(watcher);
    watcher.withheld.set(jobId, { wasTold });
    watcher.takeList();
  }

  delete(watcher: Watcher, jobId: string): void {
    if (!watcher.withheld.delete(jobId)) return;
    const theirs = this.byJob.get(jobId);
    theirs?.delete(watcher);
    if (theirs?.size === 0) this.byJob.delete(jobId);
    if (watcher.withheld.size === 0) this.watchers.delete(watcher);
    watcher.takeList();
  }

  /** The connection is gone. */
  forget(watcher: Watcher): void {
    [...watcher.withheld.keys()].forEach((jobId) => this.delete(watcher, jobId));
  }

  /** The job is gone. */
  forgetJob(jobId: string): void {
    [...(this.byJob.get(jobId) ?? [])].forEach((watcher) => this.delete(watcher, jobId));
  }
}
