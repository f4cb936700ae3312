import { RefusalError, type Job } from '@harmonia/contract';
import type { JobEventBatch, JobRecord, JobStore } from '@harmonia/job-engine';
import type { Change, SeededJobs } from './seeded-jobs.ts';

/**
 * The store as one node of many sees it: somebody else decides the changes, and `follow` hands them over. Readings are
 * answered truly from the stream's own jobs; nothing can be changed here.
 */
export class StreamStore implements JobStore {
  private readonly listeners = new Set<(batch: JobEventBatch) => void>();
  private readonly changedAt = new Map<string, number>();
  private readonly epoch = 'stream-1';
  private position = 0;

  constructor(private readonly stream: SeededJobs) {
    stream.ids.forEach((id) => this.changedAt.set(id, ++this.position));
  }

  tell(events: readonly Change[]): void {
    for (const { job } of events) this.changedAt.set(job.id, ++this.position);
    const batch = { epoch: this.epoch, position: String(this.position), events };
    this.listeners.forEach((listener) => listener(batch));
  }

  apply: JobStore['apply'] = () => Promise.reject(new RefusalError('unavailable'));

  read: JobStore['read'] = (ids) => {
    const found = ids.flatMap((id) => this.stream.jobs.get(id) ?? []);
    return Promise.resolve({
      epoch: this.epoch,
      position: String(this.position),
      records: new Map(found.map((job) => [job.id, recordOf(job)])),
      removed: new Map(),
    });
  };

  list: JobStore['list'] = ({ limit }) =>
    Promise.resolve({ epoch: this.epoch, jobs: [...this.stream.jobs.values()].slice(0, limit), nextPage: null });

  history: JobStore['history'] = () => Promise.resolve([]);

  /** A position is the number of changes told, the jobs of the beginning counted. */
  since: JobStore['since'] = (position, scope, limit) => {
    const after = position === null ? -1 : Number(position);
    const mine = [...this.stream.jobs.values()].filter(({ userId }) => scope === 'all' || scope.userId === userId);
    const changed = mine.map((job) => ({ job, at: this.changedAt.get(job.id) ?? 0 })).filter(({ at }) => at > after);
    const page = changed.sort((one, other) => one.at - other.at).slice(0, limit);
    const more = page.length < changed.length;
    return Promise.resolve({
      epoch: this.epoch,
      position: String(more ? page.at(-1)?.at : this.position),
      reset: position === null,
      more,
      jobs: page.map(({ job }) => job),
      removed: [],
    });
  };

  follow: JobStore['follow'] = (_, listener) => {
    this.listeners.add(listener);
    return Promise.resolve(() => Promise.resolve(void this.listeners.delete(listener)));
  };

  overdue: JobStore['overdue'] = () => Promise.resolve({ lost: [], expired: [] });

  close: JobStore['close'] = () => Promise.resolve();
}

const recordOf = (job: Job): JobRecord => ({ job, sequence: job.version, restarts: 0, heartbeatAt: Date.now(), endedAt: null });
