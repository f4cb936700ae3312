import { RefusalError, type NewNotification } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { Audited } from '../audit/audited.js';
import { documentedPeople } from '../http/openapi-people.js';
import { RequestSession } from '../http/request-session.js';
import { newNotification } from './message-pipes.js';
import { UserMessages } from './user-messages.js';

/** Tells everybody who is connected something [M2]: for admins. */
@Controller()
export class AnnouncementsController {
  constructor(private readonly messages: UserMessages) {}

  @Post()
  @HttpCode(202)
  @Audited({ what: 'announce', id: 'message' })
  @documentedPeople.announce
  announce(
    @RequestSession() { roles }: JobSession,
    @Body(newNotification) announcement: NewNotification,
  ): Promise<{ readonly id: string }> {
    if (!roles.includes('admin')) throw new RefusalError('forbidden');
    return this.messages.announce(announcement);
  }
}
