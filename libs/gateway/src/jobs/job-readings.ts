import { RefusalError, type Job, type JobListChanges, type JobsSync, type JobsSyncAnswer } from '@harmonia/contract';
import { JOB_STORE, JobAccess, type JobScope, type JobSession, type JobStore } from '@harmonia/job-engine';
import { Inject, Injectable } from '@nestjs/common';
import { SharedLists } from './shared-lists.js';

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
    @Inject(JOB_STORE) private readonly lists: Pick<JobStore, 'since'>,
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
    const changes = await this.lists.since(cursor, scope, MAX_PAGE);
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

/** The same for sockets, whose readings of lists are shared. */
@Injectable()
export class SharedReadings extends JobReadings {
  // without a name of its own, Nest would inject what the base class names
  constructor(@Inject(SharedLists) lists: SharedLists, access: JobAccess) {
    super(lists, access);
  }
}

/** @throws RefusalError `forbidden` for everybody's jobs, unless the session is an admin's [S1]; one of a shared job has no list [A3]. */
export function admitToList({ roles, share }: JobSession, list: WatchedList): void {
  if (share || (list === 'all' && !roles.includes('admin'))) throw new RefusalError('forbidden');
}

/** What has become of jobs since they were read: the very same list when nothing has. */
type Current = (jobs: readonly Job[]) => readonly Job[];

/** What differs from what was declared [S5]. */
export function answerOf(declared: JobsSync, { named, user, all }: SyncReading, current: Current = (jobs) => jobs): JobsSyncAnswer {
  const versions = Object.entries(declared.jobs);
  const isNewEpoch = declared.epoch !== named.epoch;
  const read = current(versions.flatMap(([id]) => named.jobs.get(id) ?? []));
  const jobs = read.filter(({ id, version }) => isNewEpoch || version !== declared.jobs[id]);
  // the declared version, not the real one: a job that is gone and one that is forbidden look the same [S4]
  const removed = versions.filter(([id]) => !named.jobs.has(id)).map(([id, version]) => ({ id, version }));
  return {
    epoch: named.epoch,
    jobs,
    removed,
    ...(user && { user: listChanges(user, current) }),
    ...(all && { all: listChanges(all, current) }),
  };
}

/** A changed job that the policy no longer permits leaves the list like one that is gone. */
function listChanges({ position, reset, more, jobs, removed, permitted }: ListReading, current: Current): JobListChanges {
  const allowed = new Set(permitted);
  const gone: readonly Pick<Job, 'id' | 'version'>[] = [...removed, ...jobs.filter((job) => !allowed.has(job))];
  return { cursor: position, reset, more, jobs: current(permitted), removed: gone.map(({ id, version }) => ({ id, version })) };
}
