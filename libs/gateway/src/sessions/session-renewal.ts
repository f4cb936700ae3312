import { AuthRefreshSchema, parseOrRefuse, RefusalError, type Authenticated } from '@harmonia/contract';
import { Injectable } from '@nestjs/common';
import { authenticatedOf } from '../connection/authenticated.js';
import { Handshake } from '../connection/handshake.js';
import { CatchUp } from '../jobs/catch-up.js';
import { JobFeed } from '../jobs/job-feed.js';
import type { Watcher } from '../jobs/watcher.js';
import { OnlineWatches } from '../presence/online-watches.js';
import { rightsOf } from './rights.js';
import { SessionCloser } from './session-closer.js';
import { SessionClock } from './session-clock.js';

const OF_ANOTHER = 'This token is of another user: connect with it.';

/** `auth:refresh`: a newer token takes the place of the one that a socket came with [S6]. */
@Injectable()
export class SessionRenewal {
  constructor(
    private readonly handshake: Handshake,
    private readonly clock: SessionClock,
    private readonly closer: SessionCloser,
    private readonly catchUp: CatchUp,
    private readonly everybody: OnlineWatches,
    private readonly feed: JobFeed,
  ) {}

  /**
   * The rest, from the new session on, happens in one step: with other rights the socket hears nothing more until it was
   * asked anew what it may see.
   *
   * @throws RefusalError what a handshake would be refused with, and `token-invalid` for a token of another user; the
   *   session stays as it was then.
   */
  async renew(watcher: Watcher, payload: unknown): Promise<Authenticated> {
    const { token } = parseOrRefuse(AuthRefreshSchema, payload);
    const { session: before } = watcher;
    const session = await this.handshake.authenticate(watcher.handshake, token);
    if (session.userId !== before.userId) throw new RefusalError('token-invalid', OF_ANOTHER);
    watcher.renew(session, token);
    this.clock.follow(watcher);
    this.closer.check(watcher);
    if (rightsOf(session) !== rightsOf(before)) {
      this.everybody.reconsider(watcher);
      this.catchUp.reconsider(watcher);
    }
    return authenticatedOf(session, this.feed.epoch);
  }
}
