import { createActionGroup, props } from '@ngrx/store';
import type { OwnEvent } from './own-event';
import type { ReceivedNotification } from './received-notification';

/**
 * What people are told [M1–M3]: notifications, to them alone, and announcements, to everybody, each id once; and the events of the
 * application's own, for which there is `ofUserEvent`. `notificationDismissed`: it was read, here or, `elsewhere`, in another tab.
 *
 * @example inject(Actions).pipe(ofType(MessagesActions.announcementReceived), tap(({ notification }) => alert(notification.message)));
 */
export const MessagesActions = createActionGroup({
  source: 'Harmonia Messages',
  events: {
    'Notification Received': props<{ notification: ReceivedNotification }>(),
    'Announcement Received': props<{ notification: ReceivedNotification }>(),
    'Notification Dismissed': props<{ id: string; elsewhere?: true }>(),
    'User Event Received': props<OwnEvent>(),
  },
});
