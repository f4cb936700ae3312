import type { Job } from '@harmonia/contract';
import { JOB_STORE, type JobEvent, type JobEventBatch, type JobStore, type Unfollow } from '@harmonia/job-engine';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { refusalOf } from '../connection/refusal-of.js';
import { FrameFlush } from './frame-flush.js';
import { JobWatches } from './job-watches.js';
import { ADMIN_ROOM, jobRoom, roomsOf, userRoom } from './rooms.js';
import type { Watcher } from './watcher.js';
import { Watchers } from './watchers.js';
import { isFramed, wireEventsOf, type EventOfJob } from './wire-events.js';

type Revoked = Extract<JobEvent, { kind: 'revoked' }>;

/**
 * Follows the store and tells the sockets of this process what it says, and nothing else [F1]: of each event first the
 * sockets that must not see it any more are evicted, then the pending watches hear of it, then the rooms [S3, S7].
 */
@Injectable()
export class JobFeed {
  private readonly log = new Logger(JobFeed.name);
  private unfollow: Unfollow | null = null;
  private knownEpoch = '';

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    private readonly watches: JobWatches,
    private readonly watchers: Watchers,
    private readonly frames: FrameFlush,
  ) {}

  /** The newest epoch that was heard of [R7]. */
  get epoch(): string {
    return this.knownEpoch;
  }

  async start(): Promise<void> {
    this.unfollow = await this.store.follow(null, (batch) => this.hearAll(batch));
    const { epoch } = await this.store.read([]);
    this.knownEpoch ||= epoch;
  }

  async stop(): Promise<void> {
    await this.unfollow?.();
    this.frames.stop();
  }

  private hearAll({ epoch, events }: JobEventBatch): void {
    this.knownEpoch = epoch;
    for (const event of events) {
      try {
        this.hear(event, epoch);
      } catch (error) {
        // one event that cannot be told must not cost the next ones
        refusalOf(error, `Telling of a job that was ${event.kind}`, this.log);
      }
    }
    this.frames.settle();
  }

  private hear(event: JobEvent, epoch: string): void {
    if (event.kind === 'revoked') return this.revoke(event);
    if (event.kind === 'edited' && event.previousUserId !== undefined) this.disown(event.job, event.previousUserId, epoch);
    if (this.watches.isDeciding) this.watches.hear(event, wireEventsOf(event, epoch));
    if (this.watchers.hasSlow) this.watchers.slowIn(roomsOf(event)).forEach(({ kept }) => kept?.hear(event, epoch));
    if (isFramed(event)) this.tellInFrames(event, epoch);
    else this.tellAtOnce(event, epoch);
    if (event.kind === 'removed') this.watchers.empty(jobRoom(event.id));
  }

  /** [E4] Waits for the next frame, for those who know frames; told at once to those who do not [E3]. */
  private tellInFrames(event: Extract<EventOfJob, { job: Job }>, epoch: string): void {
    if (this.watchers.hasFramed) this.frames.add(event.job, epoch);
    if (this.watchers.hasPlain) this.watchers.tellPlain(roomsOf(event), () => wireEventsOf(event, epoch));
  }

  /** [E4] Never delayed, and never followed by something older of its job. */
  private tellAtOnce(event: EventOfJob, epoch: string): void {
    this.frames.drop(event.kind === 'removed' ? event.id : event.job.id);
    wireEventsOf(event, epoch).forEach((wire) => this.watchers.tell(roomsOf(event), wire));
  }

  /** [S7] For one job: out of its room until the policy has said again; for all: the client connects and asks anew. */
  private revoke(event: Revoked): void {
    const { userId, jobId } = event;
    if (jobId === undefined) this.watchers.closeUser(userId, 'access-revoked');
    else this.suspend(jobId, userId);
    if (jobId !== undefined) this.watchers.slowOf(userId).forEach(({ kept }) => kept?.forget(jobId));
    this.watches.hearRevocation(event);
  }

  /** The job leaves the former owner's list; whoever watches everybody's jobs keeps it. */
  private disown({ id, version }: Job, formerOwner: string, epoch: string): void {
    const removed = { name: 'job:removed', payload: { epoch, id, version } } as const;
    this.watchers.tell([userRoom(formerOwner)], removed, [jobRoom(id), ADMIN_ROOM]);
    const slow = this.watchers.slowIn([userRoom(formerOwner)]).filter((watcher) => !watcher.isIn(ADMIN_ROOM));
    slow.forEach(({ kept }) => kept?.remove(removed));
    this.suspend(id, formerOwner);
  }

  private suspend(jobId: string, userId: string): void {
    const room = jobRoom(jobId);
    const theirs = this.watchers.in(room).filter((watcher) => watcher.session.userId === userId && !watcher.isIn(ADMIN_ROOM));
    for (const watcher of theirs) {
      watcher.leave(room);
      watcher.suspended.add(jobId);
      watcher.inTurn(() => this.reconsider(watcher, jobId));
    }
  }

  private async reconsider(watcher: Watcher, jobId: string): Promise<void> {
    try {
      await this.watches.reconsider(watcher, jobId);
    } catch (error) {
      // it cannot be told what it may see: let it come back and ask
      void watcher.close(refusalOf(error, 'Asking again for a revoked job', this.log).code);
    }
  }
}
