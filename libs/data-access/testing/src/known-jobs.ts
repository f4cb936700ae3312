import type { Job, JobListChanges, JobRemoval, JobsSync, JobsSyncAnswer } from '@harmonia/contract';

/** What a gateway knows of one job, and the position in its log at which it learned that. */
interface Entry {
  readonly position: number;
  readonly owner: string;
  readonly said: { readonly job: Job } | { readonly removed: JobRemoval };
}

/** The jobs of a gateway double, and what it answers to `jobs:sync` [S5]. */
export class KnownJobs {
  private readonly entries = new Map<string, Entry>();
  private position = 0;

  /** The job as it stands; null when there is none. */
  find(id: string): Job | null {
    const said = this.entries.get(id)?.said;
    return said && 'job' in said ? said.job : null;
  }

  keep(job: Job): void {
    this.entries.set(job.id, { position: ++this.position, owner: job.userId, said: { job } });
  }

  remove(removed: JobRemoval): void {
    const owner = this.entries.get(removed.id)?.owner ?? '';
    this.entries.set(removed.id, { position: ++this.position, owner, said: { removed } });
  }

  /** A job of somebody else is as good as none [S4]. */
  isReadable(id: string, userId: string): boolean {
    return this.readable(id, userId) !== null;
  }

  answer(epoch: string, userId: string, declared: JobsSync): JobsSyncAnswer {
    const named = Object.entries(declared.jobs).map(([id, version]) => ({ version, id, job: this.readable(id, userId) }));
    return {
      epoch,
      jobs: named.flatMap(({ job, version }) => (job && (job.version !== version || declared.epoch !== epoch) ? [job] : [])),
      removed: named.flatMap(({ job, id, version }) => (job ? [] : [{ id, version }])),
      ...(declared.user !== undefined && { user: this.listOf(epoch, userId, declared.user) }),
    };
  }

  private readable(id: string, userId: string): Job | null {
    const job = this.find(id);
    return job?.userId === userId ? job : null;
  }

  private listOf(epoch: string, userId: string, cursor: string | null): JobListChanges {
    const [ofEpoch, at] = cursor?.split(' ') ?? [];
    const reset = ofEpoch !== epoch;
    const since = reset ? 0 : Number(at);
    const said = [...this.entries.values()]
      .filter(({ position, owner }) => owner === userId && position > since)
      .map((entry) => entry.said);
    return {
      cursor: `${epoch} ${this.position}`,
      reset,
      more: false,
      jobs: said.flatMap((one) => ('job' in one ? [one.job] : [])),
      removed: reset ? [] : said.flatMap((one) => ('removed' in one ? [one.removed] : [])),
    };
  }
}
