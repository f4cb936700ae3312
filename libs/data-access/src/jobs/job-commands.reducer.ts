import { createReducer, on } from '@ngrx/store';
import { ConnectionActions } from '../connection/connection.actions';
import { JobCommandActions, type CommandRefusal, type IssuedCommand } from './job-commands.actions';

/** Commands lie over the records and never touch them [C10]: taken away, they leave what the server said. */
export interface JobCommandsState {
  /** The command under way of each job; another one waits for nobody, it is not taken. */
  readonly pending: Readonly<Record<string, IssuedCommand>>;
  /** Why the last command of a job was refused, until the next one. */
  readonly refused: Readonly<Record<string, CommandRefusal>>;
  /** Whose commands these are. */
  readonly userId: string | null;
}

/** Nothing was asked. */
export const NO_COMMANDS: JobCommandsState = { pending: {}, refused: {}, userId: null };

/** Follows commands from being issued to their answer. */
export const jobCommandsReducer = createReducer<JobCommandsState>(
  NO_COMMANDS,
  on(JobCommandActions.commandIssued, (state, { key, id, command, attempt }): JobCommandsState => {
    if (state.pending[id]) return state;
    return { ...state, pending: { ...state.pending, [id]: { key, id, command, attempt } }, refused: without(state.refused, id) };
  }),
  on(JobCommandActions.commandAccepted, (state, { key, id }) => answered(state, key, id)),
  on(JobCommandActions.commandRefused, (state, { key, id, command, refusal }): JobCommandsState => {
    const now = answered(state, key, id);
    return now === state ? state : { ...now, refused: { ...now.refused, [id]: { command, refusal } } };
  }),
  on(ConnectionActions.sessionAuthenticated, ConnectionActions.pollingBegan, (state, { userId }) =>
    state.userId === userId ? state : { ...NO_COMMANDS, userId },
  ),
  on(ConnectionActions.signedOut, () => NO_COMMANDS),
);

/** Why the last command of a job was refused; null when it was not, and while another one is under way. */
export const refusalOf = ({ refused }: JobCommandsState, id: string): CommandRefusal | null =>
  (Object.hasOwn(refused, id) ? refused[id] : null) ?? null;

/** An answer takes away its own command only: the user may have changed meanwhile. */
function answered(state: JobCommandsState, key: string, id: string): JobCommandsState {
  return state.pending[id]?.key === key ? { ...state, pending: without(state.pending, id) } : state;
}

function without<Row>(rows: Readonly<Record<string, Row>>, id: string): Readonly<Record<string, Row>> {
  return id in rows ? Object.fromEntries(Object.entries(rows).filter(([other]) => other !== id)) : rows;
}
