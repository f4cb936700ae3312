import { inject, Injectable } from '@angular/core';
import { MAX_SYNC_JOBS, type JobViewers, type PresenceFrame } from '@harmonia/contract';
import type { Action } from '@ngrx/store';
import { catchError, concat, defer, EMPTY, ignoreElements, map, merge, of, retry, throwError, timer, type Observable } from 'rxjs';
import { ConnectionEnd } from '../connection/connection-end';
import { RealtimeSocket } from '../connection/realtime-socket';
import { reconnectDelay } from '../connection/reconnect-delay';
import { JobWatches } from '../jobs/job-watches';
import { PresenceActions } from './presence.actions';
import { PresenceWatches } from './presence-watches';

/** Asks the gateway who is there, for the views that want to see it, and hands on what it tells [P2, P3]. */
@Injectable()
export class PresenceTalk {
  private readonly socket = inject(RealtimeSocket);
  private readonly watches = inject(PresenceWatches);
  private readonly jobs = inject(JobWatches);
  /** What this connection was asked for. */
  private asked: { readonly jobIds: ReadonlySet<string>; readonly everybody: boolean } = NOTHING;

  /** To be called for every new connection, which shows nobody yet. */
  begin(): void {
    this.asked = NOTHING;
  }

  /**
   * Asks anew for all that views want to see, and ends what they no longer do. To be called after every sync: a job has to be
   * watched before it is asked who else does, and what took us out of it ended this as well. What fails for now is tried again;
   * one question at a time, so that it waits when it is asked to ask less often [L1].
   */
  renew(): Observable<Action> {
    return defer(() => {
      const before = this.asked;
      const jobIds = new Set(this.watches.jobIds.slice(-MAX_SYNC_JOBS));
      this.asked = { jobIds, everybody: this.watches.everybody };
      const left = [...before.jobIds].filter((id) => !jobIds.has(id));
      return merge(
        left.length > 0 ? this.leaveJobs(left) : EMPTY,
        before.everybody && !this.asked.everybody ? this.leaveEverybody() : EMPTY,
        concat(this.asked.everybody ? this.askForEverybody() : EMPTY, ...[...jobIds].map((id) => this.askForViewers(id))),
      );
    });
  }

  /** What came of its own; nothing of a job that nobody asks about any more. */
  viewersTold(viewers: JobViewers): Observable<Action> {
    return this.asked.jobIds.has(viewers.jobId) ? of(PresenceActions.jobViewersTold(viewers)) : EMPTY;
  }

  onlineChanged(frame: PresenceFrame): Observable<Action> {
    return of(PresenceActions.onlineUsersChanged(frame));
  }

  private askForViewers(id: string): Observable<Action> {
    return this.socket.watchViewers(id).pipe(
      map(({ jobId, viewers, count }) => PresenceActions.jobViewersTold({ jobId, viewers, count })),
      againLater(),
      // There is no such job, and the page says so.
      catchError(() => EMPTY),
    );
  }

  private askForEverybody(): Observable<Action> {
    return this.socket.watchOnlineUsers().pipe(
      map(({ users, count }) => PresenceActions.onlineUsersListed({ users, count })),
      againLater(),
      catchError((error: unknown) => {
        const { refusal } = ConnectionEnd.of(error);
        return refusal ? of(PresenceActions.onlineUsersRefused({ refusal })) : EMPTY;
      }),
    );
  }

  /** The gateway is told of those only that are still watched: with the watch of a job this has ended, too. */
  private leaveJobs(left: readonly string[]): Observable<Action> {
    const watched = left.filter((id) => this.jobs.jobIds.includes(id));
    const told = watched.map((id) => silently(this.socket.unwatchViewers(id)));
    return merge(of(PresenceActions.jobsLeft({ jobIds: left })), ...told);
  }

  private leaveEverybody(): Observable<Action> {
    return merge(of(PresenceActions.onlineUsersLeft()), silently(this.socket.unwatchOnlineUsers()));
  }
}

const NOTHING = { jobIds: new Set<string>(), everybody: false };

/** Repeats what failed for now, as long as nobody asks anew. */
const againLater = <Answer>() =>
  retry<Answer>({
    delay: (error: unknown, failures) => {
      const end = ConnectionEnd.of(error);
      return end.remedy === 'retry' ? timer(reconnectDelay(end, failures)) : throwError(() => error);
    },
  });

/** What ends at once anyway: the next sync, or the connection's end, says it as well. */
const silently = (request: Observable<unknown>): Observable<never> =>
  request.pipe(
    ignoreElements(),
    catchError(() => EMPTY),
  );
