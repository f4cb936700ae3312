import { isTerminal, type Job } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import type { EventOfJob } from './wire-events.js';

/** So many jobs are remembered at least, those told of last, and twice as many at most. */
const LEAST = 10_000;

/** The version of a job that is there, and of which nothing was told. */
const UNTOLD = 0;

interface Told extends Pick<Job, 'version' | 'updatedAt' | 'userId'> {
  readonly epoch: string;
  /** Not removed. */
  readonly isThere: boolean;
}

/** A job as it is in one epoch. */
export interface ToldVersion extends Pick<Job, 'id' | 'version'> {
  readonly epoch: string;
}

/** What this node told last of each job, so that what it missed can be told apart from what it did not [F2, F3]. */
@Injectable()
export class ToldJobs {
  /** In two generations: an order in which each job could be forgotten by itself would cost ten times as much to keep. */
  private young = new Map<string, Told>();
  private old: ReadonlyMap<string, Told> = new Map();
  private latest = Date.now();
  private turnedAt = 0;
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
    if (event.kind !== 'removed') this.put(event.job.id, stateOf(event.job, epoch));
    else this.put(event.id, { epoch, version: event.version, updatedAt: '', userId: event.userId, isThere: false });
  }

  /**
   * To be called when somebody was answered that a job is there of which nothing was told: only of what is known can it be told
   * that it went when that was missed.
   */
  noteThere({ id, userId }: Job): void {
    if (!this.find(id)) this.put(id, { epoch: '', version: UNTOLD, updatedAt: '', userId, isThere: true });
  }

  /** What was told until now. */
  copy(): ToldJobs {
    const copy = new ToldJobs();
    copy.young = new Map(this.young);
    copy.old = this.old;
    return copy;
  }

  /** The version that was told last, if that is remembered. */
  versionOf(jobId: string): number | undefined {
    const told = this.find(jobId);
    return told?.version === UNTOLD ? undefined : told?.version;
  }

  /** The version that was told last in this epoch: one of another epoch forbids nothing in it [C2]. */
  versionIn(epoch: string, jobId: string): number | undefined {
    const told = this.find(jobId);
    return told?.epoch === epoch ? told.version : undefined;
  }

  /** Whose the job was when it was told of last, if that is remembered. */
  ownerOf(jobId: string): string | undefined {
    return this.find(jobId)?.userId;
  }

  /** Whether this version was told, or a newer one of the same epoch. */
  reaches({ id, version, epoch }: ToldVersion): boolean {
    const told = this.find(id);
    return told?.epoch === epoch && told.version >= version;
  }

  /** Whether nothing was forgotten that was told after this time, ms since 1970. */
  remembersSince(time: number): boolean {
    return this.forgottenAt < time;
  }

  /** Whether this very state was told, or a newer one. In another epoch only an end can be known to be the same. */
  knows({ id, version, status, updatedAt }: Job, epoch: string): boolean {
    const told = this.find(id);
    if (told?.epoch === epoch) return told.version >= version;
    return isTerminal(status) && told?.version === version && told.updatedAt === updatedAt;
  }

  /** The jobs that were there when they were told of last, by their owners. */
  thereByOwner(): ReadonlyMap<string, readonly string[]> {
    const there = new Map<string, string[]>();
    new Map([...this.old, ...this.young]).forEach(({ userId, isThere }, id) => {
      const theirs = there.get(userId);
      if (!isThere) return;
      if (theirs) theirs.push(id);
      else there.set(userId, [id]);
    });
    return there;
  }

  private put(id: string, told: Told): void {
    this.young.set(id, told);
    if (this.young.size < LEAST) return;
    this.old = this.young;
    this.young = new Map();
    this.forgottenAt = this.turnedAt;
    this.turnedAt = this.latest;
  }

  private find(jobId: string): Told | undefined {
    return this.young.get(jobId) ?? this.old.get(jobId);
  }
}

const stateOf = ({ version, updatedAt, userId }: Job, epoch: string): Told => ({ epoch, version, updatedAt, userId, isThere: true });
