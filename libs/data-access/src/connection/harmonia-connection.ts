import { isPlatformBrowser } from '@angular/common';
import { inject, Injectable, PLATFORM_ID } from '@angular/core';
import { RefusalError } from '@harmonia/contract';
import { Store, type Action } from '@ngrx/store';
import {
  concat,
  defer,
  EMPTY,
  filter,
  finalize,
  from,
  map,
  merge,
  mergeMap,
  type MonoTypeOperatorFunction,
  type Observable,
  of,
  Subject,
  switchMap,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import { selectConnection } from '../harmonia.feature';
import { JobInbox } from '../jobs/job-inbox';
import { ConnectionEnd } from './connection-end';
import { ConnectionActions } from './connection.actions';
import { PageWake } from './page-wake';
import { Polling } from './polling';
import { RealtimeSocket } from './realtime-socket';
import { SessionRenewal } from './session-renewal';
import { SessionTalk } from './session-talk';
import { SessionToken } from './session-token';
import { Troubles } from './troubles';
import { untilDone } from './until-done';
import { wokenBy } from './woken-by';

/** Milliseconds in which a connection has to be made and accepted. */
const HANDSHAKE_TIMEOUT_MS = 20_000;
/** Milliseconds of silence after which a page that waits would rather poll. */
const PATIENCE_MS = 4_000;

/** Keeps one connection for as long as there is a token [C7], and tells as actions how it goes. */
@Injectable()
export class HarmoniaConnection {
  private readonly inBrowser = isPlatformBrowser(inject(PLATFORM_ID));
  private readonly token = inject(SessionToken);
  private readonly socket = inject(RealtimeSocket);
  private readonly renewal = inject(SessionRenewal);
  private readonly session = new SessionTalk();
  private readonly wake = inject(PageWake);
  private readonly polling = inject(Polling);
  private readonly inbox = inject(JobInbox);
  private readonly state = inject(Store).selectSignal(selectConnection);
  private readonly retries = new Subject<void>();
  /** Counted over tokens, too: a source that is asked for another may say so by its signals, which is no sign that it helps. */
  private readonly troubles = new Troubles();

  /** Connects and stays connected while subscribed; in server-side rendering it does nothing. */
  actions(): Observable<Action> {
    return this.inBrowser ? this.unlessTaken(this.token.answers).pipe(switchMap((token) => this.stayConnected(token))) : EMPTY;
  }

  /** Tries again now: while lost without waiting any longer, after a refusal once more. */
  retry(): void {
    this.retries.next();
  }

  /** Another token for the user who is connected needs no other connection [S6]. */
  private unlessTaken(tokens: Observable<Promise<string | null>>): Observable<Promise<string | null>> {
    return tokens.pipe(
      switchMap((token) =>
        from(this.renewal.takes(token)).pipe(
          filter((isTaken) => !isTaken),
          map(() => token),
        ),
      ),
    );
  }

  /** A socket, tried for ever; while none gets through, polls beside it. */
  private stayConnected(first: Promise<string | null>): Observable<Action> {
    return defer(() => {
      this.troubles.unblock();
      const polls = this.troubles.blocked.pipe(switchMap((isBlocked) => (isBlocked ? this.poll() : EMPTY)));
      return merge(polls, this.keepTrying(first).pipe(tap({ complete: () => this.troubles.forget() })));
    });
  }

  /** Once HTTP gets through, a socket may as well. */
  private poll(): Observable<Action> {
    return this.polling.actions().pipe(
      tap(({ type }) => {
        if (type === ConnectionActions.polled.type && this.state().phase !== 'polling') this.retry();
      }),
    );
  }

  private keepTrying(first: Promise<string | null>): Observable<Action> {
    let token = () => first;
    const failed = (error: unknown) => {
      const end = ConnectionEnd.of(error);
      token = () => this.token.ask(end.refusal);
      this.troubles.add(end);
      return this.pause(end);
    };
    return untilDone(() => this.attempt(token()), failed).pipe(
      tap(({ type }) => {
        if (type === ConnectionActions.sessionAuthenticated.type) this.troubles.heard();
        if (type === ConnectionActions.watchesDeclared.type) this.troubles.forget();
      }),
    );
  }

  private attempt(token: Promise<string | null>): Observable<Action> {
    return from(token).pipe(
      switchMap((known) =>
        known === null
          ? this.leave()
          : concat(
              of(ConnectionActions.connectionStarted({ attempt: this.troubles.attempts + 1 })),
              this.socket.connect(known).pipe(
                slowToSpeak(() => this.troubles.waited()),
                timeout({ first: HANDSHAKE_TIMEOUT_MS, with: () => throwError(() => new RefusalError('timeout')) }),
                mergeMap((said) => this.session.follow(said)),
              ),
            ),
      ),
    );
  }

  /** Without a token nothing of the last user stays [C8]. */
  private leave(): Observable<Action> {
    this.inbox.clear();
    return this.state().phase === 'idle' ? EMPTY : of(ConnectionActions.signedOut());
  }

  private pause(end: ConnectionEnd): Observable<Action> {
    const { reason, message, refusal, remedy } = end;
    if (refusal && remedy === 'final') return concat(of(ConnectionActions.connectionRefused({ refusal })), wokenBy(this.retries));
    const wait = this.troubles.delayAfter(end);
    const at = Date.now();
    const lost = ConnectionActions.connectionLost({ reason, message, attempt: this.troubles.attempts, at, retryAt: at + wait });
    return concat(of(lost), wokenBy(merge(timer(wait), this.retries, this.wake.returns)));
  }
}

/** Calls back when nothing was said for so long. */
const slowToSpeak =
  <Said>(callBack: () => void): MonoTypeOperatorFunction<Said> =>
  (source) =>
    defer(() => {
      const waiting = setTimeout(callBack, PATIENCE_MS);
      const stop = () => clearTimeout(waiting);
      return source.pipe(tap(stop), finalize(stop));
    });
