import { inject } from '@angular/core';
import { RefusalError, REFUSALS } from '@harmonia/contract';
import { ConnectionActions, ɵPageWake } from '@harmonia/data-access';
import { Actions, createEffect, ofType } from '@ngrx/effects';
import { Store, type Action } from '@ngrx/store';
import { defer, EMPTY, of, repeat, startWith, switchMap, take, timer, type Observable } from 'rxjs';
import { OperationsActions } from './operations.actions';
import { OperationsHttp } from './operations-http';
import { operationsFeature } from './operations.reducer';

/** Milliseconds from an answer to the next question. */
const EVERY_MS = 2_000;

/** Asks every 2 s while somebody looks, and the page can be seen; at once for whatever else they want to see. */
export const pollOperations = createEffect(
  (actions = inject(Actions), store = inject(Store), http = inject(OperationsHttp), wake = inject(ɵPageWake)) => {
    const wanted = store.selectSignal(operationsFeature.selectAsked);
    const ask = async () => {
      const asked = wanted();
      const { userId, pages } = asked;
      const page = pages.at(-1);
      const query = { ...(userId !== null && { userId }), ...(page !== undefined && { page }) };
      const [figures, connections] = await Promise.all([http.stats(), http.connections(query)]);
      return OperationsActions.answered({ figures, connections, asked, at: Date.now() });
    };
    const { askedAgain, userChosen, pageTurned } = OperationsActions;
    const { signedOut, sessionAuthenticated, pollingBegan } = ConnectionActions;
    const signedIn = actions.pipe(ofType(sessionAuthenticated, pollingBegan), take(1));
    const answers = actions.pipe(
      ofType(askedAgain, userChosen, pageTurned, signedOut),
      startWith(null),
      switchMap((sign) => (sign?.type === signedOut.type ? signedIn.pipe(switchMap(() => rounds(ask))) : rounds(ask))),
    );
    return store.select(operationsFeature.selectIsWatched).pipe(
      switchMap((isWatched) => (isWatched ? wake.seen : of(false))),
      switchMap((isSeen) => (isSeen ? answers : EMPTY)),
    );
  },
  { functional: true },
);

/** One question after the other, until a refusal that asking again does not cure. */
function rounds(ask: () => Promise<Action>): Observable<Action> {
  return defer(() => {
    let wait: number | null = EVERY_MS;
    const round = async () => {
      try {
        const answer = await ask();
        wait = EVERY_MS;
        return answer;
      } catch (error) {
        const refused = error instanceof RefusalError ? error : new RefusalError('internal-error');
        wait = REFUSALS[refused.code].remedy === 'retry' ? Math.max(EVERY_MS, refused.retryAfterMs ?? 0) : null;
        return OperationsActions.refused({ refusal: refused.toRefusal() });
      }
    };
    return defer(round).pipe(repeat({ delay: () => (wait === null ? EMPTY : timer(wait)) }));
  });
}
