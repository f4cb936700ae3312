import { RefusalError } from '@harmonia/contract';
import { Injectable, Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { Handshake } from '../connection/handshake.js';
import { refusalOf } from '../connection/refusal-of.js';
import { JobWatches } from './job-watches.js';
import { ListRights } from './list-rights.js';
import { MissedStates, type Missed, type MissedReading } from './missed-states.js';
import type { WatchScope } from './pending-watch.js';
import { RepairCounts } from './repair-counts.js';
import { ADMIN_ROOM, isWatchRoom, jobOfRoom, userRoom } from './rooms.js';
import type { Watcher } from './watcher.js';

/** Sockets are asked anew some at a time, so that thousands do not come back in one moment, in at most so many steps. */
const STEP_MS = 25;
const MOST_STEPS = 60;
const LEAST_AT_ONCE = 20;
/** When the store could not be reached it is tried again after so long, ms. */
const AGAIN_MS = 500;

/**
 * Brings sockets up to date when something may have happened that this node did not hear [F2]: nothing more is told to them
 * until it was asked anew who they are and what they may see, since a lost permission may be among what was missed [S7].
 * Protocol clients are then told to sync [S5], others what is newer than what they were told [E3].
 */
@Injectable()
export class CatchUp {
  private readonly log = new Logger(CatchUp.name);
  private readonly waiting = new Set<Watcher>();
  /** What each was told before it was taken out of its rooms, until it is back. */
  private readonly behind = new WeakMap<Watcher, Missed>();
  private atOnce = LEAST_AT_ONCE;
  private isRunning = false;

  constructor(
    private readonly handshake: Handshake,
    private readonly watches: JobWatches,
    private readonly missed: MissedStates,
    private readonly counts: RepairCounts,
    private readonly rights: ListRights,
  ) {}

  /** @param since when the last was heard that was surely not missed, ms since 1970 */
  begin(those: readonly Watcher[], since: number): void {
    this.watches.doubt();
    this.takeOut(those, since);
    this.counts.sockets += those.length;
  }

  /** [S6] Nothing was missed, but this socket has other rights: what it watches and no longer may, it leaves. */
  reconsider(watcher: Watcher): void {
    this.takeOut([watcher], Date.now());
    if (watcher.session.roles.includes('admin') || !watcher.suspended.delete(ADMIN_ROOM)) return;
    // a protocol client is told when it syncs
    if (watcher.isPlain) watcher.sayRefused('jobs:subscribe:all', new RefusalError('forbidden').toRefusal());
  }

  private takeOut(those: readonly Watcher[], since: number): void {
    const missed = this.missed.begin(since);
    for (const watcher of those) {
      watcher.rooms.filter(isWatchRoom).forEach((room) => watcher.suspend(room));
      // what was kept for it is not all that it has to be told
      watcher.kept?.overflow();
      if (!this.behind.has(watcher)) this.behind.set(watcher, missed);
      this.waiting.add(watcher);
    }
    this.atOnce = Math.max(this.atOnce, Math.ceil(this.waiting.size / MOST_STEPS));
    void this.run();
  }

  private async run(): Promise<void> {
    if (this.isRunning) return;
    this.isRunning = true;
    while (this.waiting.size > 0) {
      for (const watcher of [...this.waiting].slice(0, this.atOnce)) {
        this.waiting.delete(watcher);
        watcher.inTurn(() => this.resume(watcher));
      }
      await wait(STEP_MS, undefined, { ref: false });
    }
    this.atOnce = LEAST_AT_ONCE;
    this.isRunning = false;
  }

  private async resume(watcher: Watcher): Promise<void> {
    try {
      await this.handshake.confirm(watcher.handshake, watcher.session);
      const missed = this.behind.get(watcher);
      if (missed && watcher.suspended.size > 0) await this.returnToRooms(watcher, missed);
      // what it watches by name and was not there may be there in a past that was rewritten
      else if (!watcher.isPlain && !watcher.kept) watcher.sayLagged();
      // whoever was taken out of its rooms once more meanwhile waits already
      if (!this.waiting.has(watcher)) this.behind.delete(watcher);
    } catch (error) {
      const { code } = refusalOf(error, 'Bringing a socket up to date', this.log);
      if (code === 'unavailable') setTimeout(() => this.again(watcher), AGAIN_MS).unref();
      else void watcher.close(code);
    }
  }

  private again(watcher: Watcher): void {
    this.waiting.add(watcher);
    void this.run();
  }

  private async returnToRooms(watcher: Watcher, missed: Missed): Promise<void> {
    const scope = scopeOf(watcher);
    const read = () => this.missed.read(watcher, scope, missed);
    await this.watches.decide(watcher, scope, read, (reading, pending) => {
      returnTo(watcher, reading);
      [...reading.jobs.values(), ...reading.listed].forEach(({ id }) => this.rights.permit(watcher, id));
      if (watcher.isPlain) this.missed.tell(watcher, reading, pending, missed);
      // a slow one is told when it has drained [L2]
      else if (!watcher.kept) watcher.sayLagged();
    });
  }
}

function returnTo(watcher: Watcher, { jobs }: MissedReading): void {
  const rooms = [...watcher.suspended];
  watcher.suspended.clear();
  const isPermitted = (jobId: string | null) => jobId === null || jobs.has(jobId);
  rooms.filter((room) => isPermitted(jobOfRoom(room))).forEach((room) => watcher.join(room));
}

function scopeOf({ suspended, session }: Watcher): WatchScope {
  const jobIds = new Set([...suspended].flatMap((room) => jobOfRoom(room) ?? []));
  return { jobIds, user: suspended.has(userRoom(session.userId)), all: suspended.has(ADMIN_ROOM) };
}
