import type { JobsSync, JobsSyncAnswer } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import { encodedSync } from './encoded-jobs.js';
import { answerOf, SharedReadings, type SyncReading } from './job-readings.js';
import { JobWatches, listRoom } from './job-watches.js';
import { ListRights } from './list-rights.js';
import { isWatchRoom, jobRoom } from './rooms.js';
import type { Watcher } from './watcher.js';
import { Watchers } from './watchers.js';

type SyncAnswerSent = JobsSyncAnswer | ReturnType<typeof encodedSync>;

/** `jobs:sync`: declares all watches of a socket and heals everything [S5]. */
@Injectable()
export class JobSync {
  constructor(
    private readonly watches: JobWatches,
    private readonly readings: SharedReadings,
    private readonly rights: ListRights,
    private readonly watchers: Watchers,
  ) {}

  /**
   * Makes the socket's rooms equal to what it declares, each decided as in S3, and answers what differs. Asking for
   * everybody's jobs without being an admin refuses the whole of it as `forbidden` and leaves the rooms as they were: half
   * a declaration would look like an answer to all of it.
   */
  async sync(watcher: Watcher, declared: JobsSync, answer: (answer: SyncAnswerSent) => void): Promise<void> {
    const lists = (['user', 'all'] as const).filter((list) => declared[list] !== undefined);
    const listRooms = lists.map((list) => listRoom(watcher, list));
    const scope = { jobIds: new Set(Object.keys(declared.jobs)), user: lists.includes('user'), all: lists.includes('all') };
    const read = () => this.readings.sync(watcher.session, declared);
    await this.watches.decide(watcher, scope, read, (reading, pending) => {
      this.learn(watcher, declared, reading);
      watch(watcher, [...listRooms, ...[...reading.named.jobs.keys()].map(jobRoom)]);
      const differs = answerOf(declared, reading, (jobs) => pending.current(jobs));
      answer(watcher.isPlain ? differs : encodedSync(differs));
      const answered = [...reading.named.jobs.values(), ...(reading.user?.permitted ?? []), ...(reading.all?.permitted ?? [])];
      pending.beyond(answered).forEach((event) => watcher.send(event));
    });
  }

  /** What it may see of its lists, and what it declares to watch and is not there, or not its to see. */
  private learn(watcher: Watcher, { jobs }: JobsSync, { named, user, all }: SyncReading): void {
    for (const list of [user, all]) if (list) this.rights.learn(watcher, list.jobs, list.permitted);
    for (const id of named.jobs.keys()) this.rights.permit(watcher, id);
    const missing = Object.keys(jobs).filter((id) => !named.jobs.has(id));
    this.watchers.awaited.declare(watcher, missing);
  }
}

function watch(watcher: Watcher, declared: readonly string[]): void {
  const undeclared = watcher.rooms.filter((room) => isWatchRoom(room) && !declared.includes(room));
  undeclared.forEach((room) => watcher.leave(room));
  declared.forEach((room) => watcher.join(room));
  watcher.suspended.clear();
}
