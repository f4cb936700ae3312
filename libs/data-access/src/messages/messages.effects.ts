import { isPlatformBrowser } from '@angular/common';
import { inject, PLATFORM_ID } from '@angular/core';
import { Actions, createEffect, ofType } from '@ngrx/effects';
import { Store, type Action } from '@ngrx/store';
import { EMPTY, Observable } from 'rxjs';
import * as v from 'valibot';
import { selectMessages } from '../harmonia.feature';
import { MessageInbox } from './message-inbox';
import { MessagesActions } from './messages.actions';

/** What one tab tells the others: nothing of what was said, only that this user has read it. */
const ReadSchema = v.object({ userId: v.nullable(v.string()), id: v.string() });

/** What was dismissed in one tab of the browser is dismissed in all of this user's, also where it has not arrived yet [M2]. */
export const shareDismissals = createEffect(
  (actions = inject(Actions), messages = inject(Store).selectSignal(selectMessages), inbox = inject(MessageInbox)) => {
    if (!isPlatformBrowser(inject(PLATFORM_ID)) || typeof BroadcastChannel === 'undefined') return EMPTY;
    return new Observable<Action>((dismissals) => {
      const channel = new BroadcastChannel('harmonia:read');
      const telling = actions.pipe(ofType(MessagesActions.notificationDismissed)).subscribe(({ id, elsewhere }) => {
        if (!elsewhere) channel.postMessage({ userId: messages().userId, id });
      });
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (!v.is(ReadSchema, data) || data.userId !== messages().userId) return;
        inbox.see(data.id);
        dismissals.next(MessagesActions.notificationDismissed({ id: data.id, elsewhere: true }));
      };
      return () => {
        telling.unsubscribe();
        channel.close();
      };
    });
  },
  { functional: true },
);
