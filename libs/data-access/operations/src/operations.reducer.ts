import { ConnectionActions } from '@harmonia/data-access';
import { createFeature, createReducer, createSelector, on } from '@ngrx/store';
import { OperationsActions } from './operations.actions';
import { NOT_LOOKED_AT, type AskedConnections, type OperationsState, type OperationsView } from './operations-state';
import { sampled, totalsOf } from './operations-totals';

/** Follows what the gateway says of itself, for as long as somebody looks. */
const reducer = createReducer<OperationsState>(
  NOT_LOOKED_AT,
  on(OperationsActions.watchBegan, (state): OperationsState => {
    return state.watchers === 0 ? { ...NOT_LOOKED_AT, watchers: 1 } : { ...state, watchers: state.watchers + 1 };
  }),
  on(OperationsActions.watchEnded, (state): OperationsState => ({ ...state, watchers: state.watchers - 1 })),
  on(OperationsActions.userChosen, (state, { userId }): OperationsState => ({ ...state, asked: { userId, pages: [] } })),
  on(OperationsActions.pageTurned, (state, { isForward }): OperationsState => ({ ...state, asked: turned(state, isForward) })),
  on(OperationsActions.answered, (state, { figures, connections, asked, at }): OperationsState => {
    const samples = sampled(state.samples, totalsOf(figures), at);
    return { ...state, samples, view: { phase: 'shown', figures, connections, asked, refusal: null } };
  }),
  on(OperationsActions.refused, (state, { refusal }): OperationsState => {
    // Whoever may not see it any longer, does not.
    const view: OperationsView =
      state.view.phase === 'shown' && refusal.code !== 'forbidden' ? { ...state.view, refusal } : { phase: 'refused', refusal };
    return { ...state, view };
  }),
  on(ConnectionActions.signedOut, ({ watchers }): OperationsState => ({ ...NOT_LOOKED_AT, watchers })),
);

/** The slice of operations pages, in the store only once one was loaded. */
export const operationsFeature = createFeature({
  name: 'harmoniaOperations',
  reducer,
  extraSelectors: ({ selectView, selectWatchers }) => ({
    selectTotals: createSelector(selectView, (view) => (view.phase === 'shown' ? totalsOf(view.figures) : null)),
    selectIsWatched: createSelector(selectWatchers, (watchers) => watchers > 0),
  }),
});

function turned({ asked, view }: OperationsState, isForward: boolean): AskedConnections {
  const { userId, pages } = asked;
  if (!isForward) return { userId, pages: pages.slice(0, -1) };
  const next = view.phase === 'shown' ? view.connections.nextPage : null;
  return next === null || next === pages.at(-1) ? asked : { userId, pages: [...pages, next] };
}
