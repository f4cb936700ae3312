import { inject } from '@angular/core';
import { Store, type Action } from '@ngrx/store';
import { concat, EMPTY, merge, of, switchMap, type Observable } from 'rxjs';
import { selectRecords } from '../harmonia.feature';
import { JobInbox } from '../jobs/job-inbox';
import { JobSync, type SyncNote } from '../jobs/job-sync';
import { MessageInbox } from '../messages/message-inbox';
import { PresenceTalk } from '../presence/presence-talk';
import { ConnectionActions } from './connection.actions';
import { SessionRenewal } from './session-renewal';
import type { SocketMessage } from './socket-message';

/** Hands on what a connection says to whom it concerns, and tells as actions what comes of it. Made in an injection context. */
export class SessionTalk {
  private readonly renewal = inject(SessionRenewal);
  private readonly sync = inject(JobSync);
  private readonly inbox = inject(JobInbox);
  private readonly presence = inject(PresenceTalk);
  private readonly messages = inject(MessageInbox);
  private readonly records = inject(Store).selectSignal(selectRecords);

  /** What comes of one message: of `authenticated` for as long as the connection lasts, in which it syncs. */
  follow(message: SocketMessage): Observable<Action> {
    switch (message.kind) {
      case 'authenticated':
        return this.begin(message.session.user.id);
      case 'expiring':
        return this.renewal.renew();
      case 'news':
        this.inbox.receive(message.news);
        return EMPTY;
      case 'frame':
        this.inbox.receiveFrame(message.frame);
        return EMPTY;
      case 'gap':
        this.inbox.requestSync();
        return EMPTY;
      case 'viewers':
        return this.presence.viewersTold(message.viewers);
      case 'online':
        return this.presence.onlineChanged(message.frame);
      case 'notification':
        return this.messages.take(message.notification);
      case 'own':
        return this.messages.takeOwn(message.event);
    }
  }

  private begin(userId: string): Observable<Action> {
    if (userId !== this.records().userId) this.inbox.clear();
    this.presence.begin();
    return concat(
      of(ConnectionActions.sessionAuthenticated({ userId })),
      this.sync.session().pipe(switchMap((note) => merge(of(syncAction(note)), note.kind === 'declared' ? this.presence.renew() : EMPTY))),
    );
  }
}

function syncAction(note: SyncNote): Action {
  const at = Date.now();
  if (note.kind === 'declared') return ConnectionActions.watchesDeclared({ at });
  return ConnectionActions.syncFailed({ reason: note.end.reason, message: note.end.message, at });
}
