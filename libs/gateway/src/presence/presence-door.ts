import { JobWatchSchema, parseOrRefuse, type Done, type Verb } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import type { Namespace } from 'socket.io';
import type { HarmoniaSocket } from '../connection/harmonia-socket.js';
import { JobFeed } from '../jobs/job-feed.js';
import { GUEST_ROOM } from '../jobs/rooms.js';
import type { Watcher } from '../jobs/watcher.js';
import { JobAudiences } from './job-audiences.js';
import { LocalUsers } from './local-users.js';
import { OnlineWatches } from './online-watches.js';

type Run = (watcher: Watcher, payload: unknown) => object;

/** The sockets of this process, as presence sees them: who is there, and what they ask about others [P2, P3]. */
@Injectable()
export class PresenceDoor {
  constructor(
    private readonly users: LocalUsers,
    private readonly audiences: JobAudiences,
    private readonly everybody: OnlineWatches,
    private readonly feed: JobFeed,
  ) {}

  /** What a client may ask for, by name; what runs returns is answered in the same moment. */
  readonly verbs: ReadonlyMap<string, Run> = new Map<Verb, Run>([
    ['presence:watch', (watcher, payload) => ({ epoch: this.feed.epoch, ...this.audiences.enter(watcher, jobIdIn(payload)) })],
    ['presence:unwatch', (watcher, payload) => this.unwatch(watcher, jobIdIn(payload))],
    ['presence:watch:all', (watcher) => ({ epoch: this.feed.epoch, ...this.everybody.enter(watcher) })],
    ['presence:unwatch:all', (watcher) => this.unwatchAll(watcher)],
  ]);

  /** Called once, before the first socket. */
  open(namespace: Namespace): void {
    this.audiences.open(namespace);
    this.users.open(namespace);
  }

  /** Whoever only has the link of a job is nobody: neither shown to others nor told anything [A3]. */
  opened(watcher: Watcher): void {
    if (watcher.session.share) watcher.join(GUEST_ROOM);
    else this.users.add(watcher);
  }

  closed(socket: HarmoniaSocket): void {
    const watcher = this.users.watcherOf(socket);
    if (!watcher) return;
    this.everybody.leave(watcher);
    this.audiences.closed(watcher);
    this.users.delete(watcher);
  }

  private unwatch(watcher: Watcher, jobId: string): Done {
    this.audiences.leave(watcher, jobId);
    return { epoch: this.feed.epoch };
  }

  private unwatchAll(watcher: Watcher): Done {
    this.everybody.leave(watcher);
    return { epoch: this.feed.epoch };
  }
}

const jobIdIn = (payload: unknown): string => parseOrRefuse(JobWatchSchema, payload).jobId;
