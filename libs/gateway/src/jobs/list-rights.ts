import type { Job } from '@harmonia/contract';
import { goesBy, JobAccess } from '@harmonia/job-engine';
import { Injectable } from '@nestjs/common';
import { ADMIN_ROOM, jobRoom, userRoom } from './rooms.js';
import type { Watcher } from './watcher.js';
import { Watchers } from './watchers.js';
import type { EventOfJob } from './wire-events.js';

/** So many answers are remembered for a socket; then it is asked anew. */
const MOST_REMEMBERED = 10_000;

type BearingEvent = Extract<EventOfJob, { job: Job }>;

/**
 * What the lists of a socket may tell it [S3, S7]. A list holds all jobs of its owner, or everybody's: where the policy of the
 * host may say otherwise, it is asked for each job before a list first tells of it, and again when it may have changed its mind.
 */
@Injectable()
export class ListRights {
  constructor(
    private readonly access: JobAccess,
    private readonly watchers: Watchers,
  ) {}

  /**
   * To be called with every event before it is told.
   *
   * @returns the sockets that have to be asked about, and are told nothing of the job until then
   */
  ask(event: BearingEvent): readonly Watcher[] {
    if (!this.access.narrowsLists) return [];
    const { job } = event;
    const listed = new Set([...this.watchers.in(userRoom(job.userId)), ...this.watchers.in(ADMIN_ROOM)]);
    // whose it is and what it is called may be what the policy goes by
    const isDoubtful = event.kind === 'edited' || event.kind === 'created';
    return [...listed].filter((watcher) => this.mustBeAsked(watcher, job, isDoubtful));
  }

  /** To be called when a list was read, with what it holds and what of it the policy permits. */
  learn(watcher: Watcher, jobs: readonly Job[], permitted: readonly Job[]): void {
    permitted.forEach(({ id }) => this.permit(watcher, id));
    if (permitted.length === jobs.length) return;
    const allowed = new Set(permitted);
    jobs.filter((job) => !allowed.has(job)).forEach(({ id }) => this.withhold(watcher, id, false));
  }

  permit(watcher: Watcher, jobId: string): void {
    this.watchers.withheld.delete(watcher, jobId);
    if (!this.access.narrowsLists) return;
    if (watcher.permitted.size >= MOST_REMEMBERED) watcher.permitted.clear();
    watcher.permitted.add(jobId);
  }

  /** Its lists tell nothing of the job until it is permitted. */
  withhold(watcher: Watcher, jobId: string, wasTold: boolean): void {
    watcher.permitted.delete(jobId);
    this.watchers.withheld.add(watcher, jobId, wasTold);
  }

  /**
   * [S7] Takes a job from a user until the policy has said again, wherever they watch it.
   *
   * @returns the sockets to be asked about
   */
  suspend(userId: string, jobId: string): readonly Watcher[] {
    const rooms = [jobRoom(jobId), userRoom(userId), ADMIN_ROOM];
    const all = new Set(rooms.flatMap((room) => this.watchers.in(room)));
    const theirs = [...all].filter(({ session }) => goesBy(session, userId));
    for (const watcher of theirs) {
      if (watcher.isIn(jobRoom(jobId))) watcher.suspend(jobRoom(jobId));
      // what was denied to its lists already, they never told of since
      if (watcher.hasList) this.withhold(watcher, jobId, watcher.withheld.get(jobId)?.wasTold ?? true);
    }
    return theirs;
  }

  private mustBeAsked(watcher: Watcher, job: Job, isDoubtful: boolean): boolean {
    const { id } = job;
    const wasPermitted = watcher.permitted.has(id);
    if (!isDoubtful && (wasPermitted || watcher.withheld.has(id))) return false;
    const answer = this.answerNow(watcher, job);
    if (answer === true) this.permit(watcher, id);
    else this.withhold(watcher, id, wasPermitted);
    return answer === null || (answer === false && wasPermitted);
  }

  /** Null: it takes its time, or fails. */
  private answerNow({ session }: Watcher, job: Job): boolean | null {
    try {
      const answer = this.access.mayRead(session, job);
      if (typeof answer === 'boolean') return answer;
      // it is asked again, in turn, and what becomes of this answer is nobody's concern
      answer.catch(() => undefined);
    } catch {
      // as above
    }
    return null;
  }
}
