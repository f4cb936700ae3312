import { isRefusalCode, type Refusal } from '@harmonia/contract';
import { createReducer, on } from '@ngrx/store';
import { ConnectionActions } from './connection.actions';
import { isSilence, type ConnectionState, type LossReason } from './connection-state';

const IDLE: ConnectionState = { phase: 'idle' };

/** Follows what happened to the connection [C6]. */
export const connectionReducer = createReducer<ConnectionState>(
  IDLE,
  on(ConnectionActions.connectionStarted, (state, { attempt }): ConnectionState => {
    if (state.phase === 'polling') return state;
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
  // while polling, that a socket still does not get through is no news
  on(ConnectionActions.connectionLost, (state, loss): ConnectionState =>
    state.phase === 'polling' && isSilence(loss.reason) ? state : lost(state, loss),
  ),
  on(ConnectionActions.polled, (state, { at }): ConnectionState =>
    state.phase === 'polling' ? state : { phase: 'polling', since: at, lastRefusal: lastRefusalIn(state) },
  ),
  on(ConnectionActions.pollingFailed, (state, loss): ConnectionState => (state.phase === 'polling' ? lost(state, loss) : state)),
  on(ConnectionActions.connectionRefused, (_, { refusal }): ConnectionState => ({ phase: 'refused', refusal })),
  on(ConnectionActions.signedOut, (): ConnectionState => IDLE),
);

type Loss = ReturnType<typeof ConnectionActions.connectionLost | typeof ConnectionActions.pollingFailed>;

function lost(state: ConnectionState, { reason, message, attempt, at, retryAt }: Loss): ConnectionState {
  return { phase: 'lost', since: at, reason, message, attempt, retryAt, lastRefusal: lastRefusalIn(state, reason, message) };
}

/** What the server refused last since it was live: just now, or before. */
function lastRefusalIn(state: ConnectionState, reason?: LossReason, message = ''): Refusal | null {
  if (isRefusalCode(reason)) return { code: reason, message };
  if (state.phase === 'refused') return state.refusal;
  return 'lastRefusal' in state ? state.lastRefusal : null;
}
