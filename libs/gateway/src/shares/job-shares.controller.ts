import { ShareJobSchema, type JobShare, type ShareJob } from '@harmonia/contract';
import { JobAccess, type JobSession } from '@harmonia/job-engine';
import { Body, Controller, Param, Post } from '@nestjs/common';
import { Audited } from '../audit/audited.js';
import { documented } from '../http/openapi.js';
import { namedJob, ParsePipe, type NamedJob } from '../http/parse-pipe.js';
import { RequestSession } from '../http/request-session.js';
import { ShareTokens } from './share-tokens.js';

/** Shows a job to whoever gets its token [A3]: for those who may read it. */
@Controller()
export class JobSharesController {
  constructor(
    private readonly access: JobAccess,
    private readonly tokens: ShareTokens,
  ) {}

  @Post(':id/share')
  @Audited({ what: 'share' })
  @documented.share
  async share(
    @RequestSession() session: JobSession,
    @Param(namedJob) { id }: NamedJob,
    @Body(new ParsePipe(ShareJobSchema)) { forSeconds }: ShareJob,
  ): Promise<JobShare> {
    await this.access.read(session, id);
    // a token counts in whole seconds
    const expiresAt = new Date((Math.floor(Date.now() / 1000) + forSeconds) * 1000);
    return { token: await this.tokens.issue(id, session, expiresAt), expiresAt: expiresAt.toISOString() };
  }
}
