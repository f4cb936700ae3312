import { JobsSyncSchema, JobWatchSchema, parseOrRefuse, RefusalError, type Done, type Verb } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import { WatchLimit } from '../limits/watch-limit.js';
import { PresenceDoor } from '../presence/presence-door.js';
import { SessionRenewal } from '../sessions/session-renewal.js';
import { JobFeed } from './job-feed.js';
import { JobSync } from './job-sync.js';
import { JobWatches, listRoom } from './job-watches.js';
import { admitToVerb } from '../shares/admits-share.js';
import { jobOfRoom, jobRoom } from './rooms.js';
import type { Watcher } from './watcher.js';
import { Watchers } from './watchers.js';

type Run = (watcher: Watcher, payload: unknown, answer: (data: unknown) => void) => Promise<void> | void;

/** What a client may ask for, by name [S1, S5]. */
@Injectable()
export class JobVerbs {
  constructor(
    private readonly watches: JobWatches,
    private readonly jobSync: JobSync,
    private readonly feed: JobFeed,
    private readonly presence: PresenceDoor,
    private readonly watchers: Watchers,
    private readonly renewal: SessionRenewal,
    private readonly limit: WatchLimit,
  ) {}

  private readonly verbs: ReadonlyMap<string, Run> = new Map<Verb, Run>([
    ['job:subscribe', (watcher, payload, answer) => this.watches.watchJob(watcher, this.limit.admit(watcher, jobIdIn(payload)), answer)],
    ['job:unsubscribe', (watcher, payload, answer) => answer(this.leave(watcher, jobRoom(jobIdIn(payload))))],
    ['jobs:subscribe:user', (watcher, _, answer) => this.watches.watchList(watcher, 'user', answer)],
    ['jobs:unsubscribe:user', (watcher, _, answer) => answer(this.leave(watcher, listRoom(watcher, 'user')))],
    ['jobs:subscribe:all', (watcher, _, answer) => this.watches.watchList(watcher, 'all', answer)],
    ['jobs:unsubscribe:all', (watcher, _, answer) => answer(this.leave(watcher, listRoom(watcher, 'all')))],
    [
      'jobs:sync',
      (watcher, payload, answer) => this.jobSync.sync(watcher, this.limit.admitAll(parseOrRefuse(JobsSyncSchema, payload)), answer),
    ],
    ['auth:refresh', async (watcher, payload, answer) => answer(await this.renewal.renew(watcher, payload))],
  ]);

  has(verb: string): boolean {
    return this.verbs.has(verb) || this.presence.verbs.has(verb);
  }

  /** @throws RefusalError, `verb-unknown` among others. */
  async run(verb: string, watcher: Watcher, payload: unknown, answer: (data: unknown) => void): Promise<void> {
    admitToVerb(watcher.session, verb);
    const ofPresence = this.presence.verbs.get(verb);
    if (ofPresence) return answer(ofPresence(watcher, payload));
    const run = this.verbs.get(verb);
    if (!run) throw new RefusalError('verb-unknown');
    await run(watcher, payload, answer);
  }

  private leave(watcher: Watcher, room: string): Done {
    watcher.leave(room);
    watcher.suspended.delete(room);
    const jobId = jobOfRoom(room);
    if (jobId !== null) this.watchers.awaited.delete(watcher, jobId);
    return { epoch: this.feed.epoch };
  }
}

const jobIdIn = (payload: unknown): string => parseOrRefuse(JobWatchSchema, payload).jobId;
