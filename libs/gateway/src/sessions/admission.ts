import { RefusalError } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Injectable } from '@nestjs/common';
import { EndedSessions } from './ended-sessions.js';
import { SessionAuthenticator, type SessionCredentials } from '../connection/session-authenticator.js';
import { ShareTokens } from '../shares/share-tokens.js';

/** Whether a session is over, be it that its end is no moment at all. */
export const hasEnded = ({ expiresAt }: JobSession, now = Date.now()): boolean => expiresAt !== null && !(now < expiresAt.getTime());

/** The one place where every door asks who a session is: whatever the authenticator says, one that is over is not let in [G7, S8]. */
@Injectable()
export class Admission {
  constructor(
    private readonly authenticator: SessionAuthenticator,
    private readonly shares: ShareTokens,
    private readonly ended: EndedSessions,
  ) {}

  /** @throws RefusalError as {@link SessionAuthenticator.authenticate}, and `token-expired` or `session-ended` for one that is over. */
  async admit(credentials: SessionCredentials): Promise<JobSession> {
    const session = await this.sessionOf(credentials);
    if (hasEnded(session)) throw new RefusalError('token-expired');
    if (this.ended.has(session)) throw new RefusalError('session-ended');
    return session;
  }

  /** A token of a shared job is the gateway's own, and no authenticator ever sees it [A3]. */
  private sessionOf(credentials: SessionCredentials): Promise<JobSession> {
    const { token } = credentials;
    const isShare = token !== undefined && this.shares.isOne(token);
    return isShare ? this.shares.sessionOf(token) : this.authenticator.authenticate(credentials);
  }
}
