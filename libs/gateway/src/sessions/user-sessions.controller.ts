import { RefusalError } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Controller, Delete, HttpCode, Param } from '@nestjs/common';
import { Audited } from '../audit/audited.js';
import { documentedPeople } from '../http/openapi-people.js';
import { RequestSession } from '../http/request-session.js';
import { namedUser, type NamedUser } from '../messages/message-pipes.js';
import { Sessions } from './sessions.js';

/** Ends all sessions of a user [S8]: for admins, and for oneself. */
@Controller()
export class UserSessionsController {
  constructor(private readonly sessions: Sessions) {}

  @Delete(':id/sessions')
  @HttpCode(204)
  @Audited({ what: 'sign-out', id: 'user' })
  @documentedPeople.endSessions
  async end(@RequestSession() { userId, roles }: JobSession, @Param(namedUser) { id }: NamedUser): Promise<void> {
    if (id !== userId && !roles.includes('admin')) throw new RefusalError('forbidden');
    await this.sessions.revoke({ userId: id });
  }
}
