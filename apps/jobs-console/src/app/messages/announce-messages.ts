import { inject } from '@angular/core';
import { MessagesActions } from '@harmonia/data-access';
import { Announcer } from '@harmonia/ui';
import { Actions, createEffect, ofType } from '@ngrx/effects';
import { map } from 'rxjs';

const WORDS = { info: 'Message', success: 'Message', warning: 'Warning', error: 'Error' } as const;

/** Reads out what the user is told, politely, to those who do not see the toast. */
export const announceMessages = createEffect(
  (actions = inject(Actions), announcer = inject(Announcer)) =>
    actions.pipe(
      ofType(MessagesActions.notificationReceived, MessagesActions.announcementReceived),
      map(({ notification: { level, title, message } }) =>
        announcer.tell([`${WORDS[level]}: ${title ?? message}`, ...(title === null ? [] : [message])].join('. ')),
      ),
    ),
  { functional: true, dispatch: false },
);
