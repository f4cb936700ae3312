import { isTerminal, RefusalError, type Job, type JobListSnapshot, type JobSnapshot } from '@harmonia/contract';
import { JOB_STORE, JobAccess, type JobEvent, type JobStore } from '@harmonia/job-engine';
import { Inject, Injectable } from '@nestjs/common';
import { AnswersAhead } from './answers-ahead.js';
import { encodedSnapshot } from './encoded-jobs.js';
import { admitToList, SharedReadings, type WatchedList } from './job-readings.js';
import { ListRights } from './list-rights.js';
import { PendingWatch, type WatchScope } from './pending-watch.js';
import { ADMIN_ROOM, jobRoom, userRoom } from './rooms.js';
import { SharedLists } from './shared-lists.js';
import type { Watcher } from './watcher.js';
import { Watchers } from './watchers.js';
import { arrivalEvents, stateEvents, type EventOfJob, type WireEvent } from './wire-events.js';

type ListSnapshotSent = JobListSnapshot | ReturnType<typeof encodedSnapshot>;

/** Decides who may watch what, and lets nobody miss or see anything while it is decided [S3]. */
@Injectable()
export class JobWatches {
  private readonly pending = new Set<PendingWatch>();

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    private readonly access: JobAccess,
    private readonly readings: SharedReadings,
    private readonly lists: SharedLists,
    private readonly ahead: AnswersAhead,
    private readonly rights: ListRights,
    private readonly watchers: Watchers,
  ) {}

  /** Whether there is anything for {@link hear} to hear. */
  get isDeciding(): boolean {
    return this.pending.size > 0 || this.lists.isKeeping;
  }

  /** To be told of every event, before it goes to any room. */
  hear(event: EventOfJob, wires: readonly WireEvent[]): void {
    this.lists.hear(event);
    this.pending.forEach((pending) => pending.hear(event, wires));
  }

  /** To be told of every revocation, after the sockets that it concerns were evicted [S7]. */
  hearRevocation(event: Extract<JobEvent, { kind: 'revoked' }>): void {
    this.pending.forEach((pending) => pending.hearRevocation(event));
  }

  /** To be told when something may have happened that was not heard [F2]: whatever was read before is read anew. */
  doubt(): void {
    this.lists.spoil();
    this.pending.forEach((pending) => pending.disturb());
  }

  /**
   * Decides a watch [S3]: events are kept while `read` reads the state and asks the policy; when somebody's permission has
   * changed meanwhile it reads anew; then `settle` joins, answers and passes on what was kept, without letting go of the
   * thread.
   */
  async decide<State>(
    watcher: Watcher,
    scope: WatchScope,
    read: () => Promise<State>,
    settle: (state: State, pending: PendingWatch) => void,
  ): Promise<void> {
    const pending = new PendingWatch(watcher, scope);
    this.pending.add(pending);
    try {
      let state: State;
      do {
        pending.begin();
        state = await read();
      } while (pending.isDisturbed && watcher.isConnected);
      // whatever it would keep of a connection that is gone, nobody would take away
      if (!watcher.isConnected) return;
      settle(state, pending);
      this.ahead.note(watcher, pending.answered);
    } finally {
      this.pending.delete(pending);
    }
  }

  /** [S2] Answers with the whole job; refuses a job that is missing or not permitted with `job-not-found` [S4]. */
  async watchJob(watcher: Watcher, jobId: string, answer: (snapshot: JobSnapshot) => void): Promise<void> {
    const read = () => this.access.readAll(watcher.session, [jobId]);
    await this.decide(watcher, scopeOf(jobId), read, ({ epoch, jobs }, pending) => {
      const [job] = pending.current([...jobs.values()]);
      if (!job) throw new RefusalError('job-not-found');
      watcher.suspended.delete(jobRoom(jobId));
      this.rights.permit(watcher, jobId);
      this.watchers.awaited.delete(watcher, jobId);
      watcher.join(jobRoom(jobId));
      answer({ epoch, job });
      if (watcher.isPlain) stateEvents(job, epoch).forEach((event) => watcher.send(event));
      pending.beyond([job]).forEach((event) => watcher.send(event));
    });
  }

  /** [S2] Answers with the active jobs and the newest finished ones. */
  async watchList(watcher: Watcher, list: WatchedList, answer: (snapshot: ListSnapshotSent) => void): Promise<void> {
    const room = listRoom(watcher, list);
    const scope = { jobIds: new Set<string>(), user: list === 'user', all: list === 'all' };
    await this.decide(
      watcher,
      scope,
      () => this.readings.list(watcher.session, list, null),
      ({ epoch, jobs: listed, permitted, more }, pending) => {
        const jobs = pending.current(permitted);
        watcher.suspended.delete(room);
        this.rights.learn(watcher, listed, permitted);
        watcher.join(room);
        answer(watcher.isPlain ? { epoch, jobs, more } : encodedSnapshot({ epoch, jobs, more }));
        // a plain client reads no answer: it is told what goes on, and what ended after it had asked
        const told = watcher.isPlain ? jobs.filter((job) => !isTerminal(job.status) || pending.hasKept(job)) : [];
        told.flatMap((job) => stateEvents(job, epoch)).forEach((event) => watcher.send(event));
        pending.beyond(jobs).forEach((event) => watcher.send(event));
      },
    );
  }

  /**
   * Asks anew about jobs that were taken from a socket, or that it awaits: it is told of them again, or learns that they are no
   * longer its own to see [E1].
   */
  async reconsider(watcher: Watcher, jobIds: readonly string[]): Promise<void> {
    const isOpen = (id: string) => watcher.suspended.has(jobRoom(id)) || watcher.withheld.has(id) || this.watchers.awaited.has(watcher, id);
    const open = jobIds.filter(isOpen);
    if (open.length === 0) return;
    const scope = { jobIds: new Set(open), user: false, all: false };
    const read = () => this.readSuspended(watcher, open);
    await this.decide(watcher, scope, read, ({ epoch, found, permitted }, pending) => {
      const readmitted = new Map(permitted.filter(({ id }) => isOpen(id)).map((job) => [job.id, job]));
      const sentAway = open.filter((id) => isOpen(id) && !readmitted.has(id));
      readmitted.forEach((job) => this.readmit(watcher, job, epoch));
      sentAway.forEach((id) => this.sendAway(watcher, id, epoch, found.get(id)));
      pending.beyond([...readmitted.values()]).forEach((event) => watcher.send(event));
    });
  }

  private readmit(watcher: Watcher, job: Job, epoch: string): void {
    const wasNamed = watcher.suspended.delete(jobRoom(job.id));
    const isNamed = wasNamed || this.watchers.awaited.has(watcher, job.id);
    const isNews = watcher.lists(job.userId) ? watcher.withheld.has(job.id) : isNamed;
    this.rights.permit(watcher, job.id);
    this.watchers.awaited.delete(watcher, job.id);
    if (isNamed) watcher.join(jobRoom(job.id));
    const events = wasNamed ? stateEvents(job, epoch) : arrivalEvents(job, epoch, watcher.isPlain);
    if (isNews) events.forEach((event) => watcher.send(event));
  }

  private sendAway(watcher: Watcher, jobId: string, epoch: string, found: Job | undefined): void {
    const wasNamed = watcher.suspended.delete(jobRoom(jobId));
    const isListed = found !== undefined && watcher.lists(found.userId);
    const wasListed = isListed && (watcher.withheld.get(jobId)?.wasTold ?? false);
    // what its lists do not hold need not be withheld
    if (isListed) this.rights.withhold(watcher, jobId, false);
    else this.rights.permit(watcher, jobId);
    // it still declares to watch it
    if (wasNamed && !watcher.isPlain) this.watchers.awaited.add(watcher, jobId);
    const version = found?.version ?? 0;
    if (wasNamed || wasListed) watcher.send({ name: 'job:removed', payload: { epoch, id: jobId, version } });
  }

  private async readSuspended({ session }: Watcher, jobIds: readonly string[]) {
    const { epoch, records } = await this.store.read(jobIds);
    const found = new Map([...records].map(([id, { job }]) => [id, job]));
    return { epoch, found, permitted: await this.access.permitted(session, [...found.values()]) };
  }
}

/** @throws RefusalError `forbidden` for everybody's jobs, unless the session is an admin's [S1]. */
export function listRoom({ session }: Watcher, list: WatchedList): string {
  admitToList(session, list);
  return list === 'user' ? userRoom(session.userId) : ADMIN_ROOM;
}

const scopeOf = (jobId: string): WatchScope => ({ jobIds: new Set([jobId]), user: false, all: false });
