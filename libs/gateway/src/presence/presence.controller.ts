import { RefusalError, type ConnectedUsers } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Controller, Get } from '@nestjs/common';
import { documentedPeople } from '../http/openapi-people.js';
import { RequestSession } from '../http/request-session.js';
import { PresenceSight } from './presence-sight.js';
import { Presence } from './presence.js';

/** Who is online, for those to whom the policy shows everybody [P3]. */
@Controller()
export class PresenceController {
  constructor(
    private readonly presence: Presence,
    private readonly sight: PresenceSight,
  ) {}

  @Get()
  @documentedPeople.presence
  read(@RequestSession() session: JobSession): ConnectedUsers {
    if (!this.sight.everybody(session)) throw new RefusalError('forbidden');
    return this.presence.connectedUsers();
  }
}
