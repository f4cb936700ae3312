import { AuditQuerySchema, RefusalError, type AuditPage, type AuditQuery } from '@harmonia/contract';
import { AuditTrail, type JobSession } from '@harmonia/job-engine';
import { Controller, Get, Query } from '@nestjs/common';
import { documentedPeople } from '../http/openapi-people.js';
import { ParsePipe } from '../http/parse-pipe.js';
import { RequestSession } from '../http/request-session.js';

/** Who did what [A1]: for admins. */
@Controller()
export class AuditController {
  constructor(private readonly audit: AuditTrail) {}

  @Get()
  @documentedPeople.audit
  list(@RequestSession() { roles }: JobSession, @Query(new ParsePipe(AuditQuerySchema)) query: AuditQuery): Promise<AuditPage> {
    if (!roles.includes('admin')) throw new RefusalError('forbidden');
    return this.audit.list(query);
  }
}
