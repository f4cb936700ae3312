import { RefusalError, type Job, type JobListChanges, type JobsSync, type JobsSyncAnswer } from '@harmonia/contract';
import { JOB_STORE, JobAccess, type JobScope, type JobSession, type JobStore } from '@harmonia/job-engine';
import { Inject, Injectable } from '@nestjs/common';

/** The most jobs of a list in one answer [S5]. */
export const MAX_PAGE = 500;

/** The lists that can be watched: the session's own jobs, or everybody's. */
export type WatchedList = 'user' | 'all';

type ListReading = Awaited<ReturnType<JobReadings['list']>>;

/** What a sync declares, as it stands in the store. */
export type SyncReading = Awaited<ReturnType<JobReadings['sync']>>;

/** Reads what a session may see, for sockets and for HTTP alike; knows no room. */
@Injectable()
export class JobReadings {
  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    private readonly access: JobAccess,
  ) {}

  /**
   * What changed in a list, and which of it the policy permits.
   *
   * @throws RefusalError see {@link admitToList}
   */
  async list(session: JobSession, list: WatchedList, cursor: string | null) {
    admitToList(session, list);
    const scope: JobScope = list === 'all' ? 'all' : { userId: session.userId };
    const changes = await this.store.since(cursor, scope, MAX_PAGE);
    return { ...changes, permitted: await this.access.permitted(session, changes.jobs) };
  }

  /** The named jobs that are permitted, and what changed in the lists; permission is asked for all, changed or not. */
  async sync(session: JobSession, declared: JobsSync) {
    const named = await this.access.readAll(session, Object.keys(declared.jobs));
    const user = await this.declaredList(session, 'user', declared, named.epoch);
    const all = await this.declaredList(session, 'all', declared, named.epoch);
    return { named, user, all };
  }

  private async declaredList(session: JobSession, list: WatchedList, declared: JobsSync, epoch: string): Promise<ListReading | null> {
    const cursor = declared[list];
    if (cursor === undefined) return null;
    const reading = await this.list(session, list, declared.epoch === epoch ? cursor : null);
    // the store began another epoch between two readings, which do not belong together
    if (reading.epoch !== epoch) throw new RefusalError('unavailable');
    return reading;
  }
}

/** @throws RefusalError `forbidden` for everybody's jobs, unless the session is an admin's [S1]. */
export function admitToList({ roles }: JobSession, list: WatchedList): void {
  if (list === 'all' && !roles.includes('admin')) throw new RefusalError('forbidden');
}

/** What has become of a job since it was read: the same, newer, or null when it is gone. */
type Newest = (job: Job) => Job | null;

/** What differs from what was declared [S5]. */
export function answerOf(declared: JobsSync, { named, user, all }: SyncReading, newest: Newest = (job) => job): JobsSyncAnswer {
  const versions = Object.entries(declared.jobs);
  const isNewEpoch = declared.epoch !== named.epoch;
  const jobs = versions.flatMap(([id, version]) => {
    const read = named.jobs.get(id);
    const job = read && newest(read);
    return job && (isNewEpoch || job.version !== version) ? [job] : [];
  });
  // the declared version, not the real one: a job that is gone and one that is forbidden look the same [S4]
  const removed = versions.filter(([id]) => !named.jobs.has(id)).map(([id, version]) => ({ id, version }));
  return {
    epoch: named.epoch,
    jobs,
    removed,
    ...(user && { user: listChanges(user, newest) }),
    ...(all && { all: listChanges(all, newest) }),
  };
}

/** A changed job that the policy no longer permits leaves the list like one that is gone. */
function listChanges({ position, reset, more, jobs, removed, permitted }: ListReading, newest: Newest): JobListChanges {
  const denied = jobs.filter((job) => !permitted.includes(job));
  const gone: readonly Pick<Job, 'id' | 'version'>[] = [...removed, ...denied];
  return {
    cursor: position,
    reset,
    more,
    jobs: permitted.flatMap((job) => newest(job) ?? []),
    removed: gone.map(({ id, version }) => ({ id, version })),
  };
}
