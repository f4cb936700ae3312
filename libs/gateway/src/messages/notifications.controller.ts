import { RefusalError, type NewNotification } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Audited } from '../audit/audited.js';
import { documentedPeople } from '../http/openapi-people.js';
import { RequestSession } from '../http/request-session.js';
import { namedUser, newNotification, type NamedUser } from './message-pipes.js';
import { UserMessages } from './user-messages.js';

/** Tells one user something [M2]: for admins, and for services with the scope `users:notify`. */
@Controller()
export class NotificationsController {
  constructor(private readonly messages: UserMessages) {}

  @Post(':id/notifications')
  @HttpCode(202)
  @Audited({ what: 'notify', id: 'user' })
  @documentedPeople.notify
  notify(
    @RequestSession() { roles, scopes }: JobSession,
    @Param(namedUser) { id }: NamedUser,
    @Body(newNotification) notification: NewNotification,
  ): Promise<{ readonly id: string; readonly reached: boolean }> {
    if (!roles.includes('admin') && !scopes.includes('users:notify')) throw new RefusalError('forbidden');
    return this.messages.notify(id, notification);
  }
}
