import type { JobViewers } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import { jobRoom } from '../jobs/rooms.js';
import type { Watcher } from '../jobs/watcher.js';
import { LocalUsers } from './local-users.js';
import { onlineUser } from './online-user.js';
import { PresenceSight } from './presence-sight.js';
import { Roster } from './roster.js';

const MOST_NAMED = 50;

/** A socket that takes part in the presence of jobs. */
export interface Guest {
  readonly watcher: Watcher;
  readonly jobs: Set<string>;
  /** What it was told of jobs of which it does not see every viewer, so that it learns nothing from being told again. */
  readonly told: Map<string, string>;
}

type Viewers = JobViewers['viewers'];

/** Says who watches a job, to each as the policy shows it [P3]. */
@Injectable()
export class ViewerNews {
  constructor(
    private readonly users: LocalUsers,
    private readonly roster: Roster,
    private readonly sight: PresenceSight,
  ) {}

  /** What one of them sees now. */
  seenBy(guest: Guest, jobId: string): JobViewers {
    const viewers = this.viewersOf(jobId);
    const seen = this.sight.viewers(guest.watcher.session, jobId, viewers);
    const said = asSaid(jobId, seen);
    if (seen !== viewers) guest.told.set(jobId, JSON.stringify(said));
    return said;
  }

  /** Written once for all who see the same. */
  tell(jobId: string, guests: Iterable<Guest>): void {
    const present = [...guests].filter(({ watcher }) => isTold(watcher, jobId));
    if (present.length === 0) return;
    const viewers = this.viewersOf(jobId);
    const seeingAll: Watcher[] = [];
    for (const guest of present) {
      const seen = this.sight.viewers(guest.watcher.session, jobId, viewers);
      if (seen === viewers) seeingAll.push(guest.watcher);
      else this.tellSome(guest, asSaid(jobId, seen));
    }
    this.users.sendTo(seeingAll, 'job:viewers', asSaid(jobId, viewers));
  }

  private tellSome({ watcher, told }: Guest, said: JobViewers): void {
    const words = JSON.stringify(said);
    if (told.get(said.jobId) === words) return;
    told.set(said.jobId, words);
    this.users.sendTo([watcher], 'job:viewers', said);
  }

  private viewersOf(jobId: string): Viewers {
    return this.roster.viewersOf(jobId).map(([userId, viewer]) => onlineUser(userId, viewer));
  }
}

/** One that is slow hears of it when it has drained: it comes back to the room then [L2]. */
const isTold = (watcher: Watcher, jobId: string): boolean => watcher.isConnected && watcher.kept === null && watcher.isIn(jobRoom(jobId));

const asSaid = (jobId: string, viewers: Viewers): JobViewers => ({ jobId, viewers: viewers.slice(0, MOST_NAMED), count: viewers.length });
