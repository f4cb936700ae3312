import { isTerminal, RefusalError, type Job } from '@harmonia/contract';
import { JobAccess, type JobSession } from '@harmonia/job-engine';
import { Injectable } from '@nestjs/common';
import { SharedReadings, type WatchedList } from './job-readings.js';
import type { PendingWatch, WatchScope } from './pending-watch.js';
import { ToldJobs } from './told-jobs.js';
import type { Watcher } from './watcher.js';
import { stateEvents } from './wire-events.js';

/** So many pages of a list are told to a plain client; one that watches more comes back and asks. */
const MOST_PAGES = 8;
/** So many jobs are read by name at a time. */
const AT_ONCE = 500;
/** How far the clocks of nodes may differ, ms. */
const CLOCKS_DIFFER_BY = 60_000;

/** What was known before something was missed. */
export interface Missed {
  /** When the last was heard that was surely not missed, ms since 1970. */
  readonly since: number;
  readonly told: ToldJobs;
  /** The jobs that were there when they were told of last, by their owners. */
  readonly there: ReadonlyMap<string, readonly string[]>;
}

/** What a socket may see of what it watches. */
export interface MissedReading {
  readonly epoch: string;
  /** Of those that were named. */
  readonly jobs: ReadonlyMap<string, Job>;
  /** Of those of them that are gone the version at which they went, where that is remembered. */
  readonly removed: ReadonlyMap<string, number>;
  /** The jobs of its lists, for a plain client. */
  readonly listed: readonly Job[];
  /** What was asked for by name. */
  readonly named: ReadonlySet<string>;
}

/**
 * What a plain client has to be told after something was missed [E3, F2]: it says no versions, so what this node remembers to
 * have told is left out.
 */
@Injectable()
export class MissedStates {
  constructor(
    private readonly access: JobAccess,
    private readonly readings: SharedReadings,
    private readonly told: ToldJobs,
  ) {}

  /** To be called before anything is heard again. */
  begin(since: number): Missed {
    const told = this.told.copy();
    return { since, told, there: told.thereByOwner() };
  }

  /** Jobs of its lists that were told are asked for by name: a list does not say what left it, nor all that ended. */
  async read({ session, isPlain }: Watcher, { jobIds, user, all }: WatchScope, { there }: Missed): Promise<MissedReading> {
    const ofLists = isPlain ? thereIn(there, session, { user, all }) : [];
    const named = new Set([...jobIds, ...ofLists]);
    const { epoch, jobs, removed } = await this.readNamed(session, [...named]);
    const lists = isPlain ? [...(user ? ['user' as const] : []), ...(all ? ['all' as const] : [])] : [];
    const pages = await Promise.all(lists.map((list) => this.pagesOf(session, list, epoch)));
    return { epoch, jobs, removed, listed: pages.flat(), named };
  }

  /** To be called once the rooms are joined. */
  tell(watcher: Watcher, { epoch, jobs, removed, listed, named }: MissedReading, pending: PendingWatch, { told, since }: Missed): void {
    for (const id of named) {
      if (jobs.has(id)) continue;
      // it may know a newer version than this node has told
      const version = removed.get(id) ?? told.versionIn(epoch, id) ?? 0;
      watcher.send({ name: 'job:removed', payload: { epoch, id, version } });
    }
    const all = [...new Map([...listed, ...jobs.values()].map((job) => [job.id, job])).values()];
    const news = all.filter((job) => !told.knows(job, epoch) && (named.has(job.id) || isNews(job, since)));
    news.flatMap((job) => stateEvents(job, epoch)).forEach((event) => watcher.send(event));
    pending.beyond(all).forEach((event) => watcher.send(event));
  }

  /** Some at a time: a plain admin watches all that this node remembers. */
  private async readNamed(session: JobSession, ids: readonly string[]): Promise<Pick<MissedReading, 'epoch' | 'jobs' | 'removed'>> {
    const { epoch, jobs, removed } = await this.access.readAll(session, ids.slice(0, AT_ONCE));
    if (ids.length <= AT_ONCE) return { epoch, jobs, removed };
    const rest = await this.readNamed(session, ids.slice(AT_ONCE));
    if (rest.epoch !== epoch) throw new RefusalError('unavailable');
    return { epoch, jobs: new Map([...jobs, ...rest.jobs]), removed: new Map([...removed, ...rest.removed]) };
  }

  private async pagesOf(session: JobSession, list: WatchedList, epoch: string): Promise<readonly Job[]> {
    const jobs: Job[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < MOST_PAGES; page++) {
      const reading = await this.readings.list(session, list, cursor);
      if (reading.epoch !== epoch) throw new RefusalError('unavailable');
      jobs.push(...reading.permitted);
      if (!reading.more) return jobs;
      cursor = reading.position;
    }
    throw new RefusalError('timeout');
  }
}

/** An end of long ago was told, or happened before the list was watched. */
const isNews = ({ status, updatedAt }: Job, since: number): boolean =>
  !isTerminal(status) || Date.parse(updatedAt) > since - CLOCKS_DIFFER_BY;

function thereIn(there: Missed['there'], { userId }: JobSession, { user, all }: Pick<WatchScope, 'user' | 'all'>): readonly string[] {
  if (all) return [...there.values()].flat();
  return user ? (there.get(userId) ?? []) : [];
}
