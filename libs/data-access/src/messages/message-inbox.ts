import { inject, Injectable } from '@angular/core';
import { Store, type Action } from '@ngrx/store';
import { EMPTY, of, type Observable } from 'rxjs';
import { selectMessages } from '../harmonia.feature';
import { MessagesActions } from './messages.actions';
import type { OwnEvent } from './own-event';
import type { ReceivedNotification } from './received-notification';

/** So many ids are remembered, the last to come. */
const MOST_SEEN = 1_000;

/** Where everything that people are told comes in: each id is told once, whoever says it again, and after whatever reconnect [M2]. */
@Injectable()
export class MessageInbox {
  private readonly messages = inject(Store).selectSignal(selectMessages);
  private readonly seen = new Set<string>();
  private seenBy: string | null = null;

  /** Nothing when it was told before. */
  take(notification: ReceivedNotification): Observable<Action> {
    if (!this.see(notification.id)) return EMPTY;
    const { notificationReceived, announcementReceived } = MessagesActions;
    return of((notification.audience === 'notification' ? notificationReceived : announcementReceived)({ notification }));
  }

  takeOwn(event: OwnEvent): Observable<Action> {
    return of(MessagesActions.userEventReceived(event));
  }

  /** Remembers an id for this user; says whether it is new to them. */
  see(id: string): boolean {
    const { userId } = this.messages();
    if (userId !== this.seenBy) this.seen.clear();
    this.seenBy = userId;
    if (this.seen.has(id)) return false;
    this.seen.add(id);
    for (const oldest of this.seen) {
      if (this.seen.size <= MOST_SEEN) break;
      this.seen.delete(oldest);
    }
    return true;
  }
}
