import { isTerminal, type Job } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import type { EventOfJob } from './wire-events.js';

/** So many jobs are remembered, those told of last. */
const MOST = 20_000;

interface Told extends Pick<Job, 'version' | 'updatedAt' | 'userId'> {
  readonly epoch: string;
  readonly isLive: boolean;
  /** When that was, ms since 1970. */
  readonly at: number;
}

/** A job as it is in one epoch. */
export interface ToldVersion extends Pick<Job, 'id' | 'version'> {
  readonly epoch: string;
}

/** What this node told last of each job, so that what it missed can be told apart from what it did not [F2, F3]. */
@Injectable()
export class ToldJobs {
  private readonly told = new Map<string, Told>();
  private latest = Date.now();
  private forgottenAt = 0;

  /** When something was heard last, ms since 1970. */
  get heardAt(): number {
    return this.latest;
  }

  /** To be called when the store was heard, whatever it said. */
  hear(): void {
    this.latest = Date.now();
  }

  /** To be called when an event was told to whoever watches. */
  note(event: EventOfJob, epoch: string): void {
    if (event.kind !== 'removed') this.put(event.job.id, { ...stateOf(event.job), epoch, at: this.latest });
    else this.put(event.id, { epoch, version: event.version, updatedAt: '', userId: event.userId, isLive: false, at: this.latest });
  }

  /** What was told until now. */
  copy(): ToldJobs {
    const copy = new ToldJobs();
    this.told.forEach((told, id) => copy.told.set(id, told));
    copy.latest = this.latest;
    return copy;
  }

  /** The version that was told last, if that is remembered. */
  versionOf(jobId: string): number | undefined {
    return this.told.get(jobId)?.version;
  }

  /** The version that was told last in this epoch: one of another epoch forbids nothing in it [C2]. */
  versionIn(epoch: string, jobId: string): number | undefined {
    const told = this.told.get(jobId);
    return told?.epoch === epoch ? told.version : undefined;
  }

  /** Whose the job was when it was told of last, if that is remembered. */
  ownerOf(jobId: string): string | undefined {
    return this.told.get(jobId)?.userId;
  }

  /** Whether this version was told, or a newer one of the same epoch. */
  reaches({ id, version, epoch }: ToldVersion): boolean {
    const told = this.told.get(id);
    return told?.epoch === epoch && told.version >= version;
  }

  /** Whether nothing was forgotten that was told after this time, ms since 1970. */
  remembersSince(time: number): boolean {
    return this.forgottenAt < time;
  }

  /** Whether this very state was told, or a newer one. In another epoch only an end can be known to be the same. */
  knows({ id, version, status, updatedAt }: Job, epoch: string): boolean {
    const told = this.told.get(id);
    if (told?.epoch === epoch) return told.version >= version;
    return isTerminal(status) && told?.version === version && told.updatedAt === updatedAt;
  }

  /** The jobs that had not ended when they were told of last, by their owners. */
  liveByOwner(): ReadonlyMap<string, readonly string[]> {
    const live = new Map<string, string[]>();
    this.told.forEach(({ userId, isLive }, id) => {
      const theirs = live.get(userId);
      if (!isLive) return;
      if (theirs) theirs.push(id);
      else live.set(userId, [id]);
    });
    return live;
  }

  private put(id: string, told: Told): void {
    this.told.delete(id);
    this.told.set(id, told);
    if (this.told.size <= MOST) return;
    const [oldest] = this.told;
    if (!oldest) return;
    this.forgottenAt = oldest[1].at;
    this.told.delete(oldest[0]);
  }
}

function stateOf({ version, updatedAt, userId, status }: Job): Omit<Told, 'epoch' | 'at'> {
  return { version, updatedAt, userId, isLive: !isTerminal(status) };
}
