import { inject, Injectable } from '@angular/core';
import { JobsPollSchema, RefusalError, type JobsPoll, type JobsSync } from '@harmonia/contract';
import { Store, type Action } from '@ngrx/store';
import {
  catchError,
  concat,
  defer,
  distinctUntilChanged,
  filter,
  map,
  merge,
  type Observable,
  of,
  skip,
  startWith,
  Subject,
  switchMap,
  takeUntil,
  tap,
  timer,
} from 'rxjs';
import { selectRecords } from '../harmonia.feature';
import { JobInbox } from '../jobs/job-inbox';
import { JobSync } from '../jobs/job-sync';
import { JobWatches } from '../jobs/job-watches';
import { selectJobCounts } from '../jobs/jobs.selectors';
import { oneAtATime } from '../jobs/one-at-a-time';
import { ConnectionEnd } from './connection-end';
import { ConnectionActions } from './connection.actions';
import { GatewayHttp } from './gateway-http';
import { PageWake } from './page-wake';
import { PollRhythm } from './poll-rhythm';
import { understood } from './understood';

/** Watches nothing: says only whose session it is. */
const NOTHING: JobsSync = { epoch: null, jobs: {} };

/** Keeps the state moving over HTTP where a socket cannot get through [C7]: `jobs:sync` again and again. */
@Injectable()
export class Polling {
  private readonly store = inject(Store);
  private readonly http = inject(GatewayHttp);
  private readonly sync = inject(JobSync);
  private readonly inbox = inject(JobInbox);
  private readonly watches = inject(JobWatches);
  private readonly wake = inject(PageWake);
  private readonly records = this.store.selectSignal(selectRecords);
  private readonly counts = this.store.selectSignal(selectJobCounts);

  /** Polls while subscribed, until a refusal that no retry will cure; at once for a new watch, and when the page wakes up. */
  actions(): Observable<Action> {
    return defer(() => {
      const rhythm = new PollRhythm();
      const next = new Subject<number>();
      const givenUp = new Subject<void>();
      let isBegun = false;
      let isAsking = false;
      const fail = (error: unknown) => {
        isBegun = false;
        const end = ConnectionEnd.of(error);
        const wait = rhythm.afterFailure(end.retryAfterMs, this.wake.isHidden);
        const goOn = () => (end.remedy === 'final' ? givenUp.next() : next.next(wait));
        return of(failure(end, rhythm.failures, wait)).pipe(tap({ complete: goOn }));
      };
      const round = () =>
        concat(isBegun ? [] : this.begin().pipe(tap(() => (isBegun = true))), this.round()).pipe(
          tap({ subscribe: () => (isAsking = true), finalize: () => (isAsking = false) }),
          tap({ complete: () => next.next(rhythm.afterAnswer(this.counts().active > 0, this.wake.isHidden)) }),
          catchError(fail),
        );
      const due = next.pipe(switchMap((wait) => timer(wait)));
      // A job that a poll tells of as active sets the rhythm; only one learned of otherwise is a sign to poll.
      const activity = this.activity().pipe(filter(() => !isAsking));
      return merge(due, this.signs(), activity).pipe(startWith(undefined), oneAtATime(round), takeUntil(givenUp));
    });
  }

  private signs(): Observable<unknown> {
    return merge(this.watches.changes, this.inbox.syncNeeded, this.wake.wakes);
  }

  private activity(): Observable<boolean> {
    return this.store.select(selectJobCounts).pipe(
      map(({ active }) => active > 0),
      distinctUntilChanged(),
      skip(1),
      filter(Boolean),
    );
  }

  /** Learns whose session it is, as `authenticated` says of a socket: another user's jobs do not stay. */
  private begin(): Observable<Action> {
    return defer(() => this.ask(NOTHING)).pipe(
      map(({ userId }) => {
        if (userId !== this.records().userId) this.inbox.clear();
        return ConnectionActions.pollingBegan({ userId });
      }),
    );
  }

  private round(): Observable<Action> {
    const ask = async (declared: JobsSync) => {
      const answer = await this.ask(declared);
      if (answer.userId !== this.records().userId) throw new RefusalError('access-revoked');
      return answer;
    };
    return concat(
      this.sync.once(ask),
      defer(() => of(ConnectionActions.polled({ at: Date.now() }))),
    );
  }

  private async ask(declared: JobsSync): Promise<JobsPoll> {
    const { body } = await this.http.ask('POST', '/jobs/sync', declared);
    return understood(JobsPollSchema, body);
  }
}

function failure({ reason, message }: ConnectionEnd, attempt: number, wait: number): Action {
  const at = Date.now();
  return ConnectionActions.pollingFailed({ reason, message, attempt, at, retryAt: at + wait });
}
