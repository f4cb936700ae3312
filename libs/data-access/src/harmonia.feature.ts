import { combineReducers, createFeature, createSelector, type MemoizedSelector } from '@ngrx/store';
import { connectionReducer } from './connection/connection.reducer';
import type { ConnectionState } from './connection/connection-state';
import { jobCommandsReducer, type JobCommandsState } from './jobs/job-commands.reducer';
import { jobsReducer, type JobRecords } from './jobs/jobs.reducer';
import { messagesReducer, type MessagesState } from './messages/messages.reducer';
import { presenceReducer, type PresenceState } from './presence/presence.reducer';

/** What the slice is known by: its key is the host's to choose, and selectors are made before it is chosen. */
const MARK = '@harmonia/data-access';

/** Everything that Harmonia keeps in the store. */
export interface HarmoniaState {
  readonly mark: typeof MARK;
  readonly connection: ConnectionState;
  readonly records: JobRecords;
  readonly commands: JobCommandsState;
  readonly presence: PresenceState;
  readonly messages: MessagesState;
}

/** The reducer of its slice. */
export const harmoniaReducer = combineReducers<HarmoniaState>({
  mark: () => MARK,
  connection: connectionReducer,
  records: jobsReducer,
  commands: jobCommandsReducer,
  presence: presenceReducer,
  messages: messagesReducer,
});

/** The feature under the key that the host chose. Its own selectors know one key only, so ours are made from {@link selectHarmonia}. */
export const harmoniaFeature = (name: string) => createFeature({ name, reducer: harmoniaReducer });

/** Its slice, under whatever key; sought once per state of the store. */
export const selectHarmonia: MemoizedSelector<object, HarmoniaState> = createSelector(
  (root: object) => root,
  (root) => {
    const slice = Object.values(root).find(isHarmonia);
    if (!slice) throw new Error('There is no Harmonia in this store: add provideHarmonia() to the providers of the app.');
    return slice;
  },
);

export const selectRecords = createSelector(selectHarmonia, ({ records }) => records);

export const selectCommands = createSelector(selectHarmonia, ({ commands }) => commands);

export const selectPresence = createSelector(selectHarmonia, ({ presence }) => presence);

export const selectMessages = createSelector(selectHarmonia, ({ messages }) => messages);

/**
 * How things stand with the gateway [C6].
 *
 * @example readonly connection = inject(Store).selectSignal(selectConnection);
 */
export const selectConnection: MemoizedSelector<object, ConnectionState> = createSelector(selectHarmonia, ({ connection }) => connection);

function isHarmonia(slice: unknown): slice is HarmoniaState {
  return typeof slice === 'object' && slice !== null && 'mark' in slice && slice.mark === MARK;
}
