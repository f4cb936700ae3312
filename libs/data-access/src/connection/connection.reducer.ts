import { createReducer, on } from '@ngrx/store';
import { ConnectionActions } from './connection.actions';
import type { ConnectionState } from './connection-state';

const IDLE: ConnectionState = { phase: 'idle' };

/** Follows what happened to the connection [C6]. */
export const connectionReducer = createReducer<ConnectionState>(
  IDLE,
  on(ConnectionActions.connectionStarted, (state, { attempt }): ConnectionState => {
    return { phase: 'connecting', attempt, lastProblem: state.phase === 'lost' ? state.message : null };
  }),
  on(ConnectionActions.watchesDeclared, (state, { at }): ConnectionState =>
    state.phase === 'live' ? state : { phase: 'live', since: at },
  ),
  on(ConnectionActions.connectionLost, (_, { reason, message, attempt, at, retryAt }): ConnectionState => ({
    phase: 'lost',
    since: at,
    reason,
    message,
    attempt,
    retryAt,
  })),
  on(ConnectionActions.connectionRefused, (_, { refusal }): ConnectionState => ({ phase: 'refused', refusal })),
  on(ConnectionActions.signedOut, (): ConnectionState => IDLE),
);
