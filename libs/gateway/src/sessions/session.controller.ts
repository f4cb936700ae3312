import { RefusalError } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Controller, Delete, HttpCode } from '@nestjs/common';
import { Audited } from '../audit/audited.js';
import { documentedPeople } from '../http/openapi-people.js';
import { RequestSession } from '../http/request-session.js';
import { Sessions } from './sessions.js';

const NAMELESS = 'Sign out where you signed in: this session has no id by which it could be ended here.';

/** Signs out [S8]: ends the session that asks. */
@Controller()
export class SessionController {
  constructor(private readonly sessions: Sessions) {}

  @Delete()
  @HttpCode(204)
  @Audited({ what: 'sign-out' })
  @documentedPeople.signOut
  async signOut(@RequestSession() { userId, sessionId, expiresAt }: JobSession): Promise<void> {
    if (sessionId === undefined) throw new RefusalError('forbidden', NAMELESS);
    await this.sessions.revoke({ userId, sessionId, lastsUntil: expiresAt });
  }
}
