import type { Job } from '@harmonia/contract';
import { goesBy, type JobEvent } from '@harmonia/job-engine';
import { roomsOf } from './rooms.js';
import type { Watcher } from './watcher.js';
import { isSingle, type EventOfJob, type WireEvent } from './wire-events.js';

/** What a request wants to watch. */
export interface WatchScope {
  readonly jobIds: ReadonlySet<string>;
  /** The list of the session's own jobs. */
  readonly user: boolean;
  /** The list of everybody's jobs. */
  readonly all: boolean;
}

interface Heard {
  readonly event: EventOfJob;
  readonly wires: readonly WireEvent[];
  /** The socket got it already, through a room that it is in for another reason. */
  readonly isDelivered: boolean;
}

const idOf = (event: EventOfJob) => (event.kind === 'removed' ? event.id : event.job.id);
const ownerOf = (event: EventOfJob) => (event.kind === 'removed' ? event.userId : event.job.userId);
const versionOf = (event: EventOfJob) => (event.kind === 'removed' ? event.version : event.job.version);

/**
 * A watch that is not decided yet [S3]: what happens meanwhile is kept, of each job the newest and whatever later events
 * do not repeat, until the watch is decided.
 */
export class PendingWatch {
  private readonly heard = new Map<string, readonly Heard[]>();
  private readonly kept = new Set<string>();
  private told: readonly Job[] = [];
  private disturbed = false;
  private hasDelivered = false;

  constructor(
    private readonly watcher: Watcher,
    private readonly scope: WatchScope,
  ) {}

  /** Who may see what has changed since {@link begin}: the decision must be taken anew. */
  get isDisturbed(): boolean {
    return this.disturbed;
  }

  /** What was heard before a reading is in the reading. */
  begin(): void {
    this.disturbed = false;
    this.hasDelivered = false;
    this.heard.clear();
  }

  /** Something may have happened that was not heard. */
  disturb(): void {
    this.disturbed = true;
  }

  hearRevocation({ userId }: Extract<JobEvent, { kind: 'revoked' }>): void {
    this.disturbed ||= goesBy(this.watcher.session, userId);
  }

  hear(event: EventOfJob, wires: readonly WireEvent[]): void {
    this.disturbed ||= this.isUpsetBy(event);
    if (!this.covers(event)) return;
    const id = idOf(event);
    const earlier = (this.heard.get(id) ?? []).filter((one) => isSingle(one.event));
    const isDelivered = this.isReachedBy(event);
    this.hasDelivered ||= isDelivered;
    if (!isDelivered) this.kept.add(id);
    this.heard.set(id, [...earlier, { event, wires, isDelivered }]);
  }

  /** To be called with what the socket was answered or told. */
  answer(jobs: readonly Job[]): void {
    this.told = jobs;
  }

  /** What the socket was answered or told, as it was read. */
  get answered(): readonly Job[] {
    return this.told;
  }

  /** Whether anything of the job was kept from the socket since it asked, be it in the reading by now or not. */
  hasKept({ id }: Job): boolean {
    return this.kept.has(id);
  }

  /** The jobs as they were read, or newer when the socket has been told more already; without those it was told are gone. */
  current(jobs: readonly Job[]): readonly Job[] {
    return this.hasDelivered ? jobs.flatMap((job) => this.newest(job)) : jobs;
  }

  /**
   * What was heard beyond the jobs that the answer holds and did not reach the socket otherwise [E2]. To be asked once the
   * rooms are joined, since they say what of the scope is permitted.
   */
  beyond(answered: readonly Job[]): readonly WireEvent[] {
    this.answer(answered);
    const missed = [...this.heard.values()].flat().filter(({ event, isDelivered }) => !isDelivered && this.isReachedBy(event));
    if (missed.length === 0) return [];
    const versions = new Map(answered.map(({ id, version }) => [id, version]));
    return missed.filter(({ event }) => versionOf(event) > (versions.get(idOf(event)) ?? 0)).flatMap((one) => one.wires);
  }

  private newest(job: Job): readonly Job[] {
    const told = this.heard.get(job.id)?.findLast((one) => one.isDelivered)?.event;
    if (!told || versionOf(told) <= job.version) return [job];
    return told.kind === 'removed' ? [] : [told.job];
  }

  private covers(event: EventOfJob): boolean {
    const { jobIds, user, all } = this.scope;
    return all || jobIds.has(idOf(event)) || (user && ownerOf(event) === this.watcher.session.userId);
  }

  private isReachedBy(event: EventOfJob): boolean {
    return !this.watcher.withheld.has(idOf(event)) && roomsOf(event).some((room) => this.watcher.isIn(room));
  }

  /** A named job that is gone or another's now, and a job that left the session's own list. */
  private isUpsetBy(event: EventOfJob): boolean {
    const formerOwner = event.kind === 'edited' ? event.previousUserId : undefined;
    if (this.scope.jobIds.has(idOf(event))) return event.kind === 'removed' || formerOwner !== undefined;
    return this.scope.user && formerOwner === this.watcher.session.userId;
  }
}
