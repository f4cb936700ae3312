import { JobListQuerySchema, RefusalError, type Job, type JobHistoryEntry, type JobListQuery, type JobPage } from '@harmonia/contract';
import { JOB_STORE, JobAccess, JobPublisher, type JobSession, type JobStore } from '@harmonia/job-engine';
import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  Query,
  Req,
  Res,
  UploadedFile,
  UseInterceptors,
} from '@nestjs/common';
import type { Request, Response } from 'express';
import { Audited } from '../audit/audited.js';
import { AdmitsShare } from '../shares/admits-share.js';
import { createRequestOf, isMultipart } from './create-request.js';
import { JobIntake } from './job-intake.js';
import { JobsPath } from './jobs-path.js';
import { documented } from './openapi.js';
import { namedJob, ParsePipe, type NamedJob } from './parse-pipe.js';
import { RequestSession } from './request-session.js';
import { UploadInterceptor } from './upload-interceptor.js';
import type { Upload } from './upload.js';

const listQuery = new ParsePipe(JobListQuerySchema);

/** Jobs over HTTP: create, look, stop, start anew, delete. */
@Controller()
export class JobsController {
  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    private readonly publisher: JobPublisher,
    private readonly access: JobAccess,
    private readonly intake: JobIntake,
    private readonly path: JobsPath,
  ) {}

  @Post()
  @UseInterceptors(UploadInterceptor)
  @Audited({ what: 'create' })
  @documented.create
  async create(
    @RequestSession() session: JobSession,
    @Req() request: Request,
    @Body() body: object,
    @UploadedFile() upload: Upload | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Job> {
    const wanted = createRequestOf(request, body);
    if (isMultipart(request) && !upload) throw new RefusalError('file-missing');
    const job = await this.intake.create(session, wanted, upload);
    response.location(`${this.path.mounted}/${job.id}`);
    return job;
  }

  @Get()
  @documented.list
  async list(@RequestSession() session: JobSession, @Query(listQuery) query: JobListQuery): Promise<JobPage> {
    if (query.scope === 'all' && !session.roles.includes('admin')) throw new RefusalError('forbidden');
    const scope = query.scope === 'all' ? 'all' : { userId: session.userId };
    const { jobs, nextPage } = await this.store.list({ ...query, scope });
    return { jobs: await this.access.permitted(session, jobs), nextPage };
  }

  @Get(':id')
  @AdmitsShare(true)
  @documented.read
  read(@RequestSession() session: JobSession, @Param(namedJob) { id }: NamedJob): Promise<Job> {
    return this.access.read(session, id);
  }

  @Get(':id/history')
  @AdmitsShare(true)
  @documented.history
  async history(
    @RequestSession() session: JobSession,
    @Param(namedJob) { id }: NamedJob,
  ): Promise<{ readonly history: readonly JobHistoryEntry[] }> {
    // to a stranger it takes as long whether the job is there or not
    await this.access.read(session, id);
    const history = await this.store.history(id);
    // asked again: what was written after a permission went may be in it
    await this.access.read(session, id);
    return { history };
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Audited({ what: 'cancel' })
  @documented.cancel
  async cancel(@RequestSession() session: JobSession, @Param(namedJob) { id }: NamedJob): Promise<Job> {
    await this.access.read(session, id, 'cancel');
    return this.publisher.cancelled(id);
  }

  @Post(':id/retry')
  @HttpCode(200)
  @Audited({ what: 'retry' })
  @documented.retry
  async retry(@RequestSession() session: JobSession, @Param(namedJob) { id }: NamedJob): Promise<Job> {
    await this.access.read(session, id, 'retry');
    return this.publisher.retried(id);
  }

  @Delete(':id')
  @HttpCode(204)
  @Audited({ what: 'delete' })
  @documented.remove
  async remove(@RequestSession() session: JobSession, @Param(namedJob) { id }: NamedJob): Promise<void> {
    await this.access.read(session, id, 'remove');
    await this.publisher.removed(id);
  }
}
