import { RefusalError, type Job, type JobListChanges, type JobsSync, type JobsSyncAnswer } from '@harmonia/contract';
import { JobAccess } from '@harmonia/job-engine';
import { Injectable } from '@nestjs/common';
import { JobWatches, listRoom, versionsOf, type WatchedList } from './job-watches.js';
import type { PendingWatch } from './pending-watch.js';
import { isWatchRoom, jobRoom } from './rooms.js';
import type { Watcher } from './watcher.js';

type Reading = Awaited<ReturnType<JobSync['read']>>;
type ListReading = Awaited<ReturnType<JobWatches['readList']>>;

/** `jobs:sync`: declares all watches of a socket and heals everything [S5]. */
@Injectable()
export class JobSync {
  constructor(
    private readonly watches: JobWatches,
    private readonly access: JobAccess,
  ) {}

  /**
   * Makes the socket's rooms equal to what it declares, each decided as in S3, and answers what differs. Asking for
   * everybody's jobs without being an admin refuses the whole of it as `forbidden` and leaves the rooms as they were: half
   * a declaration would look like an answer to all of it.
   */
  async sync(watcher: Watcher, declared: JobsSync, answer: (answer: JobsSyncAnswer) => void): Promise<void> {
    const lists = (['user', 'all'] as const).filter((list) => declared[list] !== undefined);
    const listRooms = lists.map((list) => listRoom(watcher, list));
    const scope = { jobIds: new Set(Object.keys(declared.jobs)), user: lists.includes('user'), all: lists.includes('all') };
    const read = () => this.read(watcher, declared);
    await this.watches.decide(watcher, scope, read, (reading, pending) => {
      watch(watcher, [...listRooms, ...[...reading.named.jobs.keys()].map(jobRoom)]);
      answer(answerOf(declared, reading, pending));
      const answered = [...reading.named.jobs.values(), ...(reading.user?.permitted ?? []), ...(reading.all?.permitted ?? [])];
      pending.beyond(versionsOf(answered)).forEach((event) => watcher.send(event));
    });
  }

  /** The named jobs that are permitted, and what changed in the lists; permission is asked for all, changed or not. */
  async read(watcher: Watcher, declared: JobsSync) {
    const named = await this.access.readAll(watcher.session, Object.keys(declared.jobs));
    const user = await this.readList(watcher, 'user', declared, named.epoch);
    const all = await this.readList(watcher, 'all', declared, named.epoch);
    return { named, user, all };
  }

  private async readList(watcher: Watcher, list: WatchedList, declared: JobsSync, epoch: string): Promise<ListReading | null> {
    const cursor = declared[list];
    if (cursor === undefined) return null;
    const reading = await this.watches.readList(watcher, list, declared.epoch === epoch ? cursor : null);
    // the store began another epoch between two readings, which do not belong together
    if (reading.epoch !== epoch) throw new RefusalError('unavailable');
    return reading;
  }
}

function watch(watcher: Watcher, declared: readonly string[]): void {
  const undeclared = watcher.rooms.filter((room) => isWatchRoom(room) && !declared.includes(room));
  undeclared.forEach((room) => watcher.leave(room));
  declared.forEach((room) => watcher.join(room));
  watcher.suspended.clear();
}

function answerOf(declared: JobsSync, { named, user, all }: Reading, pending: PendingWatch): JobsSyncAnswer {
  const versions = Object.entries(declared.jobs);
  const isNewEpoch = declared.epoch !== named.epoch;
  const jobs = versions.flatMap(([id, version]) => {
    const read = named.jobs.get(id);
    const job = read && pending.newest(read);
    return job && (isNewEpoch || job.version !== version) ? [job] : [];
  });
  // the declared version, not the real one: a job that is gone and one that is forbidden look the same [S4]
  const removed = versions.filter(([id]) => !named.jobs.has(id)).map(([id, version]) => ({ id, version }));
  return {
    epoch: named.epoch,
    jobs,
    removed,
    ...(user && { user: listChanges(user, pending) }),
    ...(all && { all: listChanges(all, pending) }),
  };
}

/** A changed job that the policy no longer permits leaves the list like one that is gone. */
function listChanges({ position, reset, more, jobs, removed, permitted }: ListReading, pending: PendingWatch): JobListChanges {
  const denied = jobs.filter((job) => !permitted.includes(job));
  const gone: readonly Pick<Job, 'id' | 'version'>[] = [...removed, ...denied];
  return {
    cursor: position,
    reset,
    more,
    jobs: permitted.flatMap((job) => pending.newest(job) ?? []),
    removed: gone.map(({ id, version }) => ({ id, version })),
  };
}
