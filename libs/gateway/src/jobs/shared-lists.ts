import { JOB_STORE, type JobChangesSince, type JobScope, type JobStore } from '@harmonia/job-engine';
import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import type { EventOfJob } from './wire-events.js';

/** How long a reading is handed out at most, ms: what this node failed to hear of is healed no later [S5]. */
const KEPT_MS = 1000;
/** How often a list that keeps changing is read for all who ask for it, ms. The first of them never waits. */
const INTERVAL_MS = 50;
/** How many readings are kept at a time; each holds at most a page of a list. */
const MOST_KEPT = 20;

/** One reading of a list, which is to begin or has begun. */
interface SharedReading {
  readonly scope: JobScope;
  readonly startsAt: number;
  readonly changes: Promise<JobChangesSince>;
  hasBegun: boolean;
  /** Whether nothing of the list was heard of since it began: to whoever asks now, it is as good as one of their own. */
  isCurrent: boolean;
}

/**
 * Reads a list once for all who ask for the same of it at about the same time, so that a thousand clients that come back
 * together cost a few readings. Nothing is missed [S3]: a pending watch keeps every event from before it asks, and is only
 * handed a reading that no event of the list has come after. To be told of every event, by whoever tells the watches.
 */
@Injectable()
export class SharedLists implements Pick<JobStore, 'since'> {
  private readonly readings = new Map<string, SharedReading>();

  constructor(@Inject(JOB_STORE) private readonly store: Pick<JobStore, 'since'>) {}

  since(cursor: string | null, scope: JobScope, limit: number): Promise<JobChangesSince> {
    const key = JSON.stringify([scope, cursor, limit]);
    const latest = this.readings.get(key);
    if (latest?.isCurrent) return latest.changes;
    const now = performance.now();
    const startsAt = Math.max(now, (latest?.startsAt ?? -Infinity) + INTERVAL_MS);
    const read = () => this.store.since(cursor, scope, limit);
    const reading = startsAt > now ? readLater(scope, startsAt, read) : readNow(scope, startsAt, read);
    this.keep(key, reading);
    return reading.changes;
  }

  /** Whether there is a reading that an event could spoil. */
  get isKeeping(): boolean {
    return this.readings.size > 0;
  }

  /** To be told of every event before it goes to any room. */
  hear(event: EventOfJob): void {
    this.readings.forEach((reading) => {
      if (reading.hasBegun && concerns(event, reading.scope)) reading.isCurrent = false;
    });
  }

  /** Something may have happened that was not heard: no reading is as good as a new one. */
  spoil(): void {
    this.readings.forEach((reading) => {
      if (reading.hasBegun) reading.isCurrent = false;
    });
  }

  private keep(key: string, reading: SharedReading): void {
    this.readings.delete(key);
    this.readings.set(key, reading);
    const [oldest] = this.readings.keys();
    if (this.readings.size > MOST_KEPT && oldest !== undefined) this.readings.delete(oldest);
    const forget = () => {
      if (this.readings.get(key) === reading) this.readings.delete(key);
    };
    reading.changes.catch(forget);
    setTimeout(forget, KEPT_MS).unref();
  }
}

type Read = () => Promise<JobChangesSince>;

function readNow(scope: JobScope, startsAt: number, read: Read): SharedReading {
  return { scope, startsAt, hasBegun: true, isCurrent: true, changes: read() };
}

function readLater(scope: JobScope, startsAt: number, read: Read): SharedReading {
  const begin = () => {
    reading.hasBegun = true;
    return read();
  };
  const changes = wait(Math.max(0, startsAt - performance.now())).then(begin);
  const reading: SharedReading = { scope, startsAt, hasBegun: false, isCurrent: true, changes };
  return reading;
}

/** Whether the event is of a job that is in the list, or was. */
function concerns(event: EventOfJob, scope: JobScope): boolean {
  if (scope === 'all') return true;
  const owners = event.kind === 'removed' ? [event.userId] : [event.job.userId, event.kind === 'edited' && event.previousUserId];
  return owners.includes(scope.userId);
}
