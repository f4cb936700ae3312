import { isTerminal, RefusalError, type JobListSnapshot, type JobSnapshot } from '@harmonia/contract';
import { JOB_STORE, JobAccess, type JobEvent, type JobStore } from '@harmonia/job-engine';
import { Inject, Injectable } from '@nestjs/common';
import { AnswersAhead } from './answers-ahead.js';
import { encodedSnapshot } from './encoded-jobs.js';
import { admitToList, SharedReadings, type WatchedList } from './job-readings.js';
import { PendingWatch, type WatchScope } from './pending-watch.js';
import { ADMIN_ROOM, jobRoom, userRoom } from './rooms.js';
import { SharedLists } from './shared-lists.js';
import type { Watcher } from './watcher.js';
import { stateEvents, type EventOfJob, type WireEvent } from './wire-events.js';

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
      ({ epoch, permitted, more }, pending) => {
        const jobs = pending.current(permitted);
        watcher.suspended.delete(room);
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
   * Asks anew about a job from whose room the socket was taken: it returns to the room, or learns that the job is no
   * longer its own to see [E1].
   */
  async reconsider(watcher: Watcher, jobId: string): Promise<void> {
    if (!watcher.suspended.has(jobRoom(jobId))) return;
    await this.decide(
      watcher,
      scopeOf(jobId),
      () => this.readSuspended(watcher, jobId),
      ({ epoch, version, job }, pending) => {
        watcher.suspended.delete(jobRoom(jobId));
        if (!job) return watcher.send({ name: 'job:removed', payload: { epoch, id: jobId, version } });
        watcher.join(jobRoom(jobId));
        stateEvents(job, epoch).forEach((event) => watcher.send(event));
        pending.beyond([job]).forEach((event) => watcher.send(event));
      },
    );
  }

  private async readSuspended(watcher: Watcher, jobId: string) {
    const { epoch, records } = await this.store.read([jobId]);
    const found = records.get(jobId)?.job;
    const [job] = found ? await this.access.permitted(watcher.session, [found]) : [];
    return { epoch, version: found?.version ?? 0, job };
  }
}

/** @throws RefusalError `forbidden` for everybody's jobs, unless the session is an admin's [S1]. */
export function listRoom({ session }: Watcher, list: WatchedList): string {
  admitToList(session, list);
  return list === 'user' ? userRoom(session.userId) : ADMIN_ROOM;
}

const scopeOf = (jobId: string): WatchScope => ({ jobIds: new Set([jobId]), user: false, all: false });
