import { assertInInjectionContext, inject, type Signal } from '@angular/core';
import { createSelector, Store, type MemoizedSelector } from '@ngrx/store';
import { selectMessages } from '../harmonia.feature';
import { MessagesActions } from './messages.actions';
import type { ReceivedNotification } from './received-notification';

/**
 * What the user was told to read and has not dismissed yet, newest first, at most 50 [M2].
 *
 * @example readonly told = inject(Store).selectSignal(selectNotifications);
 */
export const selectNotifications: MemoizedSelector<object, readonly ReceivedNotification[]> = createSelector(
  selectMessages,
  ({ notifications }) => notifications,
);

/** Notifications and announcements as a view sees them. */
export interface NotificationsRef {
  /** Newest first, each id once; those that were not dismissed, at most 50. */
  readonly notifications: Signal<readonly ReceivedNotification[]>;
  /** Takes one away: it was read. */
  dismiss(id: string): void;
}

/**
 * What the user is told: notifications, to them alone, and announcements, to everybody [M2]. Told while the page is connected, and
 * not kept for later [M3].
 *
 * @throws when called outside an injection context
 * @example readonly told = injectNotifications(); // told.notifications(), (click)="told.dismiss(notification.id)"
 */
export function injectNotifications(): NotificationsRef {
  assertInInjectionContext(injectNotifications);
  const store = inject(Store);
  return {
    notifications: store.selectSignal(selectNotifications),
    dismiss: (id) => store.dispatch(MessagesActions.notificationDismissed({ id })),
  };
}
