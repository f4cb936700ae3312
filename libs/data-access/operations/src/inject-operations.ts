import { assertInInjectionContext, DestroyRef, inject, type Signal } from '@angular/core';
import { Store } from '@ngrx/store';
import { OperationsActions } from './operations.actions';
import { operationsFeature } from './operations.reducer';
import type { AskedConnections, OperationsView } from './operations-state';
import type { OperationsSample, OperationsTotals } from './operations-totals';

/** The gateway's nodes and connections as a view sees them. */
export interface OperationsRef {
  readonly view: Signal<OperationsView>;
  /** All nodes together; null while nothing is known. */
  readonly totals: Signal<OperationsTotals | null>;
  /** The totals of the last five minutes, oldest first. */
  readonly samples: Signal<readonly OperationsSample[]>;
  readonly asked: Signal<AskedConnections>;
  /** Shows the connections of one user, or, null, of all. */
  chooseUser(userId: string | null): void;
  /** Shows the next page of connections, or the one before. */
  turnPage(isForward: boolean): void;
  /** Asks now; after a refusal that is final, once more. */
  askAgain(): void;
}

/**
 * Asks the gateway for its figures every 2 s, for as long as the injection context lives and the page can be seen. Needs
 * `provideOperations()`; whoever is no administrator is refused.
 *
 * @throws when called outside an injection context
 * @example readonly operations = injectOperations(); // operations.totals()?.connected
 */
export function injectOperations(): OperationsRef {
  assertInInjectionContext(injectOperations);
  const store = inject(Store);
  store.dispatch(OperationsActions.watchBegan());
  inject(DestroyRef).onDestroy(() => store.dispatch(OperationsActions.watchEnded()));
  return {
    view: store.selectSignal(operationsFeature.selectView),
    totals: store.selectSignal(operationsFeature.selectTotals),
    samples: store.selectSignal(operationsFeature.selectSamples),
    asked: store.selectSignal(operationsFeature.selectAsked),
    chooseUser: (userId) => store.dispatch(OperationsActions.userChosen({ userId })),
    turnPage: (isForward) => store.dispatch(OperationsActions.pageTurned({ isForward })),
    askAgain: () => store.dispatch(OperationsActions.askedAgain()),
  };
}
