import type { JobViewers, OnlineUser, Refusal } from '@harmonia/contract';
import { createReducer, on } from '@ngrx/store';
import { ConnectionActions } from '../connection/connection.actions';
import { JobsActions } from '../jobs/jobs.actions';
import { PresenceActions } from './presence.actions';

/** So many are kept by name, those who came first; `count` tells of all. */
const MOST_NAMED = 10_000;

/** Who is online, on whichever node. */
export interface OnlineUsers {
  readonly users: readonly OnlineUser[];
  readonly count: number;
}

/** Who is there. It is of this connection alone: none of it outlives that. */
export interface PresenceState {
  /** Who watches each job that views ask about. */
  readonly jobs: Readonly<Record<string, JobViewers>>;
  /** Null until it was told, which is when a view asks and the policy allows it. */
  readonly online: OnlineUsers | null;
  /** Why this session is not told who is online. */
  readonly refusal: Refusal | null;
}

/** Nobody is known to be there. */
export const NO_PRESENCE: PresenceState = { jobs: {}, online: null, refusal: null };

/** Follows who is there [P2, P3]; forgets it with the connection, since nobody tells who goes meanwhile. */
export const presenceReducer = createReducer<PresenceState>(
  NO_PRESENCE,
  on(PresenceActions.jobViewersTold, (state, { jobId, viewers, count }): PresenceState => ({
    ...state,
    jobs: { ...state.jobs, [jobId]: { jobId, viewers, count } },
  })),
  on(PresenceActions.jobsLeft, (state, { jobIds }) => without(state, jobIds)),
  // A job that is gone is watched by nobody, and the gateway says no more about it.
  on(JobsActions.jobsReceived, (state, { removed }) =>
    without(
      state,
      removed.map(({ id }) => id),
    ),
  ),
  on(PresenceActions.onlineUsersListed, (state, { users, count }): PresenceState => ({
    ...state,
    online: { users, count },
    refusal: null,
  })),
  on(PresenceActions.onlineUsersChanged, (state, { online, offline, count }): PresenceState => {
    if (!state.online) return state;
    const moved = new Set([...offline, ...online.map(({ userId }) => userId)]);
    const users = [...state.online.users.filter(({ userId }) => !moved.has(userId)), ...online];
    return { ...state, online: { users: users.slice(0, MOST_NAMED), count } };
  }),
  on(PresenceActions.onlineUsersRefused, (state, { refusal }): PresenceState => ({ ...state, online: null, refusal })),
  on(PresenceActions.onlineUsersLeft, (state): PresenceState => ({ ...state, online: null, refusal: null })),
  on(
    ConnectionActions.connectionStarted,
    ConnectionActions.connectionLost,
    ConnectionActions.connectionRefused,
    ConnectionActions.sessionAuthenticated,
    ConnectionActions.signedOut,
    (state) => (isNobody(state) ? state : NO_PRESENCE),
  ),
);

function without(state: PresenceState, jobIds: readonly string[]): PresenceState {
  if (!jobIds.some((id) => Object.hasOwn(state.jobs, id))) return state;
  const left = new Set(jobIds);
  return { ...state, jobs: Object.fromEntries(Object.entries(state.jobs).filter(([id]) => !left.has(id))) };
}

const isNobody = ({ jobs, online, refusal }: PresenceState): boolean => !online && !refusal && Object.keys(jobs).length === 0;
