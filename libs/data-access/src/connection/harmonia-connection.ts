import { isPlatformBrowser } from '@angular/common';
import { effect, inject, Injectable, Injector, PLATFORM_ID, untracked } from '@angular/core';
import { RefusalError } from '@harmonia/contract';
import { Store, type Action } from '@ngrx/store';
import {
  catchError,
  concat,
  defer,
  EMPTY,
  filter,
  finalize,
  from,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type MonoTypeOperatorFunction,
  Observable,
  of,
  Subject,
  switchMap,
  take,
  tap,
  throwError,
  timeout,
  timer,
} from 'rxjs';
import { selectHarmonia } from '../harmonia.feature';
import { JobInbox } from '../jobs/job-inbox';
import { JobSync, type SyncNote } from '../jobs/job-sync';
import { MessageInbox } from '../messages/message-inbox';
import { PresenceTalk } from '../presence/presence-talk';
import { ConnectionEnd } from './connection-end';
import { ConnectionActions } from './connection.actions';
import { PageWake } from './page-wake';
import { Polling } from './polling';
import { RealtimeSocket } from './realtime-socket';
import { SessionRenewal } from './session-renewal';
import { SessionToken } from './session-token';
import type { SocketMessage } from './socket-message';
import { Troubles } from './troubles';

/** Milliseconds in which a connection has to be made and accepted. */
const HANDSHAKE_TIMEOUT_MS = 20_000;
/** Milliseconds of silence after which a page that waits would rather poll. */
const PATIENCE_MS = 4_000;

/** Keeps one connection for as long as there is a token [C7], and tells as actions how it goes. */
@Injectable()
export class HarmoniaConnection {
  private readonly injector = inject(Injector);
  private readonly inBrowser = isPlatformBrowser(inject(PLATFORM_ID));
  private readonly token = inject(SessionToken);
  private readonly socket = inject(RealtimeSocket);
  private readonly renewal = inject(SessionRenewal);
  private readonly sync = inject(JobSync);
  private readonly wake = inject(PageWake);
  private readonly polling = inject(Polling);
  private readonly inbox = inject(JobInbox);
  private readonly presence = inject(PresenceTalk);
  private readonly messages = inject(MessageInbox);
  private readonly snapshot = inject(Store).selectSignal(selectHarmonia);
  private readonly retries = new Subject<void>();

  /** Connects and stays connected while subscribed; in server-side rendering it does nothing. */
  actions(): Observable<Action> {
    return this.inBrowser ? this.unlessTaken(this.tokens()).pipe(switchMap((token) => this.stayConnected(token))) : EMPTY;
  }

  /** Tries again now: while lost without waiting any longer, after a refusal once more. */
  retry(): void {
    this.retries.next();
  }

  /** The source's answer now, and again whenever a signal that it reads changes. */
  private tokens(): Observable<Promise<string | null>> {
    return new Observable((tokens) => {
      const following = effect(
        () => {
          const token = this.token.ask(null);
          untracked(() => tokens.next(token));
        },
        { injector: this.injector },
      );
      return () => following.destroy();
    });
  }

  /** Another token for the user who is connected needs no other connection [S6]. */
  private unlessTaken(tokens: Observable<Promise<string | null>>): Observable<Promise<string | null>> {
    return tokens.pipe(
      switchMap(async (token) => ({ token, isTaken: await this.renewal.takes(token) })),
      filter(({ isTaken }) => !isTaken),
      map(({ token }) => token),
    );
  }

  /** A socket, tried for ever; while none gets through, polls beside it. */
  private stayConnected(first: Promise<string | null>): Observable<Action> {
    return defer(() => {
      const troubles = new Troubles();
      const polls = troubles.blocked.pipe(switchMap((isBlocked) => (isBlocked ? this.poll() : EMPTY)));
      return merge(polls, this.keepTrying(first, troubles).pipe(tap({ complete: () => troubles.forget() })));
    });
  }

  /** Once HTTP gets through, a socket may as well. */
  private poll(): Observable<Action> {
    return this.polling.actions().pipe(
      tap(({ type }) => {
        if (type === ConnectionActions.polled.type && this.snapshot().connection.phase !== 'polling') this.retry();
      }),
    );
  }

  private keepTrying(first: Promise<string | null>, troubles: Troubles): Observable<Action> {
    let token = () => first;
    return defer(() => this.attempt(token(), troubles)).pipe(
      tap(({ type }) => {
        if (type === ConnectionActions.sessionAuthenticated.type) troubles.heard();
        if (type === ConnectionActions.watchesDeclared.type) troubles.forget();
      }),
      catchError((error: unknown, again: Observable<Action>) => {
        const end = ConnectionEnd.of(error);
        token = () => this.token.ask(end.refusal);
        troubles.add(end);
        return concat(this.pause(end, troubles), again);
      }),
    );
  }

  private attempt(token: Promise<string | null>, troubles: Troubles): Observable<Action> {
    return from(token).pipe(
      switchMap((known) =>
        known === null
          ? this.leave()
          : concat(
              of(ConnectionActions.connectionStarted({ attempt: troubles.attempts + 1 })),
              this.socket.connect(known).pipe(
                slowToSpeak(() => troubles.waited()),
                timeout({ first: HANDSHAKE_TIMEOUT_MS, with: () => throwError(() => new RefusalError('timeout')) }),
                mergeMap((said) => this.follow(said)),
              ),
            ),
      ),
    );
  }

  private follow(message: SocketMessage): Observable<Action> {
    switch (message.kind) {
      case 'authenticated':
        return this.begin(message.session.user.id);
      case 'expiring':
        return this.renewal.renew();
      case 'news':
        this.inbox.receive(message.news);
        return EMPTY;
      case 'frame':
        this.inbox.receiveFrame(message.frame);
        return EMPTY;
      case 'gap':
        this.inbox.requestSync();
        return EMPTY;
      case 'viewers':
        return this.presence.viewersTold(message.viewers);
      case 'online':
        return this.presence.onlineChanged(message.frame);
      case 'notification':
        return this.messages.take(message.notification);
      case 'own':
        return this.messages.takeOwn(message.event);
    }
  }

  private begin(userId: string): Observable<Action> {
    if (userId !== this.snapshot().records.userId) this.inbox.clear();
    this.presence.begin();
    return concat(
      of(ConnectionActions.sessionAuthenticated({ userId })),
      this.sync.session().pipe(switchMap((note) => merge(of(syncAction(note)), note.kind === 'declared' ? this.presence.renew() : EMPTY))),
    );
  }

  /** Without a token nothing of the last user stays [C8]. */
  private leave(): Observable<Action> {
    this.inbox.clear();
    return this.snapshot().connection.phase === 'idle' ? EMPTY : of(ConnectionActions.signedOut());
  }

  private pause(end: ConnectionEnd, troubles: Troubles): Observable<Action> {
    const { reason, message, refusal, remedy } = end;
    if (refusal && remedy === 'final') return concat(of(ConnectionActions.connectionRefused({ refusal })), wokenBy(this.retries));
    const wait = troubles.delayAfter(end);
    const at = Date.now();
    const lost = ConnectionActions.connectionLost({ reason, message, attempt: troubles.attempts, at, retryAt: at + wait });
    return concat(of(lost), wokenBy(merge(timer(wait), this.retries, this.wake.returns)));
  }
}

function syncAction(note: SyncNote): Action {
  const at = Date.now();
  if (note.kind === 'declared') return ConnectionActions.watchesDeclared({ at });
  return ConnectionActions.syncFailed({ reason: note.end.reason, message: note.end.message, at });
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

/** Says nothing, and completes at the first sign. */
const wokenBy = (sign: Observable<unknown>): Observable<never> => sign.pipe(take(1), ignoreElements());
