import { createReducer, on } from '@ngrx/store';
import { ConnectionActions } from '../connection/connection.actions';
import { MessagesActions } from './messages.actions';
import type { ReceivedNotification } from './received-notification';

/** So many are kept, the newest; whoever does not read for long reads no more of them at once. */
const MOST_KEPT = 50;

/** What somebody was told to read and has not dismissed yet. */
export interface MessagesState {
  /** Newest first. */
  readonly notifications: readonly ReceivedNotification[];
  /** Whom they are for. */
  readonly userId: string | null;
}

/** Nothing was said. */
export const NO_MESSAGES: MessagesState = { notifications: [], userId: null };

/** Keeps notifications and announcements until they are dismissed [M2], also over a lost connection. */
export const messagesReducer = createReducer<MessagesState>(
  NO_MESSAGES,
  on(MessagesActions.notificationReceived, MessagesActions.announcementReceived, (state, { notification }): MessagesState => ({
    ...state,
    notifications: [notification, ...state.notifications.filter(({ id }) => id !== notification.id)].slice(0, MOST_KEPT),
  })),
  on(MessagesActions.notificationDismissed, (state, { id: dismissed }): MessagesState => ({
    ...state,
    notifications: state.notifications.filter(({ id }) => id !== dismissed),
  })),
  on(ConnectionActions.sessionAuthenticated, ConnectionActions.pollingBegan, (state, { userId }) =>
    state.userId === userId ? state : { ...NO_MESSAGES, userId },
  ),
  on(ConnectionActions.signedOut, () => NO_MESSAGES),
);
