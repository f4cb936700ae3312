import { Injectable } from '@nestjs/common';
import { Watchers } from '../jobs/watchers.js';
import type { Watcher } from '../jobs/watcher.js';
import { EndedSessions } from './ended-sessions.js';

/** Closes the sockets of sessions that were ended [S8]. */
@Injectable()
export class SessionCloser {
  constructor(
    private readonly ended: EndedSessions,
    private readonly watchers: Watchers,
  ) {
    ended.listen(() => this.watchers.all.forEach((watcher) => this.check(watcher)));
  }

  /** To be told of every new socket, and of every renewed one: it may have ended while it was let in. */
  check(watcher: Watcher): void {
    const { session, handshake } = watcher;
    // of a session that does not say when it began, a socket began at its handshake
    if (this.ended.has({ issuedAt: new Date(handshake.issued), ...session })) void watcher.close('session-ended');
  }
}
