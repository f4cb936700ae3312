import { isRefusalCode, type Refusal } from '@harmonia/contract';
import { createReducer, on } from '@ngrx/store';
import { ConnectionActions } from './connection.actions';
import type { ConnectionState, LossReason } from './connection-state';

const IDLE: ConnectionState = { phase: 'idle' };

/** Follows what happened to the connection [C6]. */
export const connectionReducer = createReducer<ConnectionState>(
  IDLE,
  on(ConnectionActions.connectionStarted, (state, { attempt }): ConnectionState => {
    const lastProblem = state.phase === 'lost' ? state.message : null;
    return { phase: 'connecting', attempt, lastProblem, lastRefusal: lastRefusalIn(state) };
  }),
  on(ConnectionActions.sessionAuthenticated, (state): ConnectionState => ({ phase: 'catching-up', lastRefusal: lastRefusalIn(state) })),
  on(ConnectionActions.watchesDeclared, (state, { at }): ConnectionState =>
    state.phase === 'live' ? state : { phase: 'live', since: at },
  ),
  on(ConnectionActions.syncFailed, (state, { reason, message, at }): ConnectionState => {
    const since = state.phase === 'stale' ? state.since : at;
    return { phase: 'stale', since, lastRefusal: lastRefusalIn(state, reason, message) };
  }),
  on(ConnectionActions.connectionLost, (state, { reason, message, attempt, at, retryAt }): ConnectionState => {
    return { phase: 'lost', since: at, reason, message, attempt, retryAt, lastRefusal: lastRefusalIn(state, reason, message) };
  }),
  on(ConnectionActions.connectionRefused, (_, { refusal }): ConnectionState => ({ phase: 'refused', refusal })),
  on(ConnectionActions.signedOut, (): ConnectionState => IDLE),
);

/** What the server refused last since it was live: just now, or before. */
function lastRefusalIn(state: ConnectionState, reason?: LossReason, message = ''): Refusal | null {
  if (isRefusalCode(reason)) return { code: reason, message };
  if (state.phase === 'refused') return state.refusal;
  return 'lastRefusal' in state ? state.lastRefusal : null;
}
