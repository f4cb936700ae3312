import type { Job } from '@harmonia/contract';
import { goesBy, JOB_STORE, StoreFollower, type JobEvent, type JobEventBatch, type JobStore } from '@harmonia/job-engine';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { refusalOf } from '../connection/refusal-of.js';
import { GatewayCounts } from '../operations/gateway-counts.js';
import { AnswersAhead } from './answers-ahead.js';
import { AskedAnew } from './asked-anew.js';
import { CatchUp } from './catch-up.js';
import { FrameFlush } from './frame-flush.js';
import { JobWatches } from './job-watches.js';
import { ListRights } from './list-rights.js';
import { RepairCounts } from './repair-counts.js';
import { ADMIN_ROOM, jobRoom, roomsOf, userRoom } from './rooms.js';
import { ToldJobs } from './told-jobs.js';
import { Watchers } from './watchers.js';
import { isFramed, wireEventsOf, type EventOfJob } from './wire-events.js';

/** The epoch while no store was reached yet: none has this one [R7]. */
const UNKNOWN = 'unknown';

type Revoked = Extract<JobEvent, { kind: 'revoked' }>;

/**
 * Follows the store and tells the sockets of this process what it says, and nothing else [F1]: of each event first the
 * sockets that must not see it any more are evicted, then the pending watches hear of it, then the rooms [S3, S7]. When
 * something was missed, everybody is brought up to date [F2].
 */
@Injectable()
export class JobFeed {
  private readonly log = new Logger(JobFeed.name);
  private readonly follower: StoreFollower;
  private knownEpoch = UNKNOWN;
  private hasBegun = false;

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    private readonly watches: JobWatches,
    private readonly watchers: Watchers,
    private readonly frames: FrameFlush,
    private readonly catchUp: CatchUp,
    private readonly told: ToldJobs,
    private readonly ahead: AnswersAhead,
    private readonly rights: ListRights,
    private readonly asked: AskedAnew,
    private readonly repairs: RepairCounts,
    private readonly counts: GatewayCounts,
  ) {
    const listener = { hear: (batch: JobEventBatch) => this.hearAll(batch), readAnew: () => this.begin() };
    this.follower = new StoreFollower('The gateway', store, listener);
  }

  /** The newest epoch that was heard of [R7]; `unknown` while no store was reached since the start. */
  get epoch(): string {
    return this.knownEpoch;
  }

  /** Resolves also when the store is away: then it is followed as soon as it answers. */
  start(): Promise<void> {
    return this.follower.start();
  }

  async stop(): Promise<void> {
    await this.follower.stop();
    this.frames.stop();
  }

  /** To be called when the store is in an epoch that it did not tell of [F2, F3]. */
  enter(epoch: string): void {
    this.knownEpoch = epoch;
    this.repair();
  }

  /** What happened before was not heard: who is connected by now has watched in vain. */
  private async begin(): Promise<void> {
    const { epoch } = await this.store.read([]);
    if (this.knownEpoch === UNKNOWN) this.knownEpoch = epoch;
    if (!this.hasBegun && this.watchers.all.length > 0) this.repair();
    this.hasBegun = true;
  }

  private hearAll({ epoch, events, missed }: JobEventBatch): void {
    const isAnotherEpoch = epoch !== this.knownEpoch && this.knownEpoch !== UNKNOWN;
    this.knownEpoch = epoch;
    if (missed || isAnotherEpoch) this.repair();
    this.told.hear();
    this.counts.eventsHeard += events.length;
    for (const event of events) {
      try {
        // the first has waited longest
        if (event === events[0] && tellsOfState(event)) this.counts.stream.noteSince(event.job.updatedAt, Date.now());
        this.hear(event, epoch);
        if (event.kind !== 'revoked') this.told.note(event, epoch);
      } catch (error) {
        // one event that cannot be told must not cost the next ones
        refusalOf(error, `Telling of a job that was ${event.kind}`, this.log);
      }
    }
    this.frames.settle();
  }

  private repair(): void {
    this.repairs.missed++;
    this.ahead.clear();
    const { all } = this.watchers;
    this.log.warn(`Something was missed, or the job store began anew: ${all.length} sockets are brought up to date.`);
    this.catchUp.begin(all, this.told.heardAt);
  }

  private hear(event: JobEvent, epoch: string): void {
    if (event.kind === 'revoked') return this.revoke(event);
    if (event.kind === 'edited' && event.previousUserId !== undefined) this.disown(event.job, event.previousUserId, epoch);
    // before anybody is told
    if (event.kind !== 'removed') this.asked.ask(this.rights.ask(event), event.job.id);
    if (this.watches.isDeciding) this.watches.hear(event, wireEventsOf(event, epoch));
    if (this.watchers.hasSlow) this.keepForSlow(event, epoch);
    if (isFramed(event)) this.tellInFrames(event, epoch);
    else this.tellAtOnce(event, epoch);
    if (event.kind === 'removed') this.empty(event.id);
    // whoever waits for it is told when it is decided
    else if (event.kind === 'created' || event.kind === 'edited') this.asked.ask(this.watchers.awaited.of(event.job.id), event.job.id);
  }

  private keepForSlow(event: EventOfJob, epoch: string): void {
    const withheld = this.withheldFrom(event);
    const slow = this.watchers.slowIn(roomsOf(event)).filter(({ id }) => !withheld.includes(id));
    slow.forEach(({ kept }) => kept?.hear(event, epoch));
  }

  /** [R13] Whatever gets its id later is another job. */
  private empty(jobId: string): void {
    this.watchers.empty(jobRoom(jobId));
    this.watchers.withheld.forgetJob(jobId);
  }

  /** [E4] Waits for the next frame, for those who know frames; told at once to those who do not [E3]. */
  private tellInFrames(event: Extract<EventOfJob, { job: Job }>, epoch: string): void {
    if (this.watchers.hasFramed) this.frames.add(event.job, epoch);
    if (!this.watchers.hasPlain) return;
    const isTold = this.watchers.tellPlain(roomsOf(event), () => wireEventsOf(event, epoch), this.leavingOut(event));
    if (isTold) this.counts.delivery.noteSince(event.job.updatedAt, Date.now());
  }

  /** [E4] Never delayed, and never followed by something older of its job. */
  private tellAtOnce(event: EventOfJob, epoch: string): void {
    this.frames.drop(event.kind === 'removed' ? event.id : event.job.id);
    const except = this.leavingOut(event);
    const [isTold] = wireEventsOf(event, epoch).map((wire) => this.watchers.tell(roomsOf(event), wire, except));
    if (isTold && tellsOfState(event)) this.counts.delivery.noteSince(event.job.updatedAt, Date.now());
  }

  /** Who knows it already, and who must not know it. */
  private leavingOut(event: EventOfJob): readonly string[] {
    const withheld = this.withheldFrom(event);
    const knowing = this.ahead.knowing(event);
    return withheld.length === 0 ? knowing : [...knowing, ...withheld];
  }

  /** That a job is gone may be heard by whoever was told of it. */
  private withheldFrom(event: EventOfJob): readonly string[] {
    const { withheld } = this.watchers;
    return event.kind === 'removed' ? withheld.unknownTo(event.id) : withheld.from(event.job.id);
  }

  /** [S7] For one job: told nothing of it until the policy has said again; for all: the client connects and asks anew. */
  private revoke(event: Revoked): void {
    const { userId, jobId } = event;
    if (jobId === undefined) this.watchers.closeUser(userId, 'access-revoked');
    else this.takeFrom(userId, jobId);
    if (jobId !== undefined) this.watchers.slowOf(userId).forEach(({ kept }) => kept?.forget(jobId));
    this.watches.hearRevocation(event);
  }

  /** The job leaves the former owner's list; whoever watches everybody's jobs keeps it. */
  private disown({ id, version }: Job, formerOwner: string, epoch: string): void {
    const removed = { name: 'job:removed', payload: { epoch, id, version } } as const;
    this.watchers.tell([userRoom(formerOwner)], removed, [jobRoom(id), ADMIN_ROOM, ...this.watchers.withheld.unknownTo(id)]);
    const slow = this.watchers.slowIn([userRoom(formerOwner)]).filter((watcher) => !watcher.isIn(ADMIN_ROOM));
    slow.forEach(({ kept }) => kept?.remove(removed));
    this.suspend(id, formerOwner);
  }

  private suspend(jobId: string, userId: string): void {
    const room = jobRoom(jobId);
    const theirs = this.watchers.in(room).filter((watcher) => goesBy(watcher.session, userId) && !watcher.isIn(ADMIN_ROOM));
    theirs.forEach((watcher) => watcher.suspend(room));
    this.asked.ask(theirs, jobId);
  }

  /** Whoever waits for the job may have got what was taken. */
  private takeFrom(userId: string, jobId: string): void {
    const waiting = this.watchers.awaited.of(jobId).filter(({ session }) => goesBy(session, userId));
    this.asked.ask(new Set([...this.rights.suspend(userId, jobId), ...waiting]), jobId);
  }
}

/** What is removed or revoked has no time of its own. */
const tellsOfState = (event: JobEvent): event is Extract<JobEvent, { job: Job }> => 'job' in event;
