import { inject, Injectable } from '@angular/core';
import type { JobsSync, JobsSyncAnswer } from '@harmonia/contract';
import { Store } from '@ngrx/store';
import { auditTime, concat, defer, EMPTY, endWith, expand, ignoreElements, interval, map, merge, of, startWith, timer } from 'rxjs';
import type { Observable } from 'rxjs';
import { ConnectionEnd } from '../connection/connection-end';
import { GATEWAY_ADDRESS } from '../connection/gateway-address';
import { PageWake } from '../connection/page-wake';
import { RealtimeSocket } from '../connection/realtime-socket';
import { reconnectDelay } from '../connection/reconnect-delay';
import { untilDone } from '../connection/until-done';
import { wokenBy } from '../connection/woken-by';
import { selectRecords } from '../harmonia.feature';
import { PresenceWatches } from '../presence/presence-watches';
import { JobInbox } from './job-inbox';
import { JobWatches } from './job-watches';
import type { JobRecords } from './jobs.reducer';
import { oneAtATime } from './one-at-a-time';
import { declarationOf, saidBy } from './sync-exchange';

/** Gaps are healed at most this often, in milliseconds: many events of a strange epoch need one sync. */
const GAP_INTERVAL_MS = 250;

/** How a sync went: all watches are declared and answered, or it failed and is repeated. */
export type SyncNote = { readonly kind: 'declared' } | { readonly kind: 'failed'; readonly end: ConnectionEnd };

/** A way to have a sync answered. */
type AskSync = (declared: JobsSync) => Promise<JobsSyncAnswer>;

/** Declares every watch by `jobs:sync`, which also heals whatever was missed [S5]. */
@Injectable()
export class JobSync {
  private readonly socket = inject(RealtimeSocket);
  private readonly inbox = inject(JobInbox);
  private readonly watches = inject(JobWatches);
  private readonly presence = inject(PresenceWatches);
  private readonly wake = inject(PageWake);
  private readonly syncEveryMs = inject(GATEWAY_ADDRESS).syncEveryMs;
  private readonly records = inject(Store).selectSignal(selectRecords);

  /**
   * Keeps the server's rooms equal to our watches while subscribed, and says how each sync went [C5]. What changes within
   * one microtask makes one request, and one request is under way at a time. Fails with a refusal that no retry will cure.
   */
  session(): Observable<SyncNote> {
    const gaps = this.inbox.syncNeeded.pipe(auditTime(GAP_INTERVAL_MS));
    return merge(this.watches.changes, this.presence.changes, gaps, this.wake.wakes, interval(this.syncEveryMs)).pipe(
      startWith(undefined),
      oneAtATime(() => this.exchange()),
    );
  }

  /** Declares once by the way that is given, and asks on while the list has more pages; completes when all is taken. */
  once(ask: AskSync): Observable<never> {
    return defer(() => this.declare(ask)).pipe(
      expand((more) => (more ? this.declare(ask) : EMPTY)),
      ignoreElements(),
    );
  }

  private exchange(): Observable<SyncNote> {
    let failures = 0;
    const failed = (error: unknown) => {
      const end = ConnectionEnd.of(error);
      if (end.remedy !== 'retry') throw end;
      const pause = wokenBy(merge(timer(reconnectDelay(end, ++failures)), this.wake.wakes));
      return concat(of<SyncNote>({ kind: 'failed', end }), pause);
    };
    return untilDone(() => this.once((declared) => this.socket.sync(declared)), failed).pipe(endWith<SyncNote>({ kind: 'declared' }));
  }

  private declare(ask: AskSync): Observable<boolean> {
    this.inbox.flush();
    const records = this.records();
    const declared = declarationOf(records, this.watches);
    return defer(() => ask(declared)).pipe(map((answer) => this.take(answer, declared, records)));
  }

  /** Hands the answer to the inbox; says whether the list goes on. */
  private take(answer: JobsSyncAnswer, declared: JobsSync, before: JobRecords): boolean {
    this.inbox.adopt(...saidBy(answer, declared, before));
    return answer.user?.more ?? false;
  }
}
