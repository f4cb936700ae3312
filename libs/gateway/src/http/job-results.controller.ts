import { RefusalError, type Job, type ResultTicket } from '@harmonia/contract';
import { FILE_STORE, JobAccess, type FileStore, type JobSession } from '@harmonia/job-engine';
import { Controller, Get, Inject, Param, Post, Query, Req, Res, StreamableFile } from '@nestjs/common';
import type { Request, Response } from 'express';
import * as v from 'valibot';
import { EndedSessions } from '../sessions/ended-sessions.js';
import { AdmitsShare } from '../shares/admits-share.js';
import { HttpRefusalFilter } from './http-refusal-filter.js';
import { attachmentOf, hasResult } from './job-attachment.js';
import { JobsPath } from './jobs-path.js';
import { documented } from './openapi.js';
import { namedJob, ParsePipe, type NamedJob } from './parse-pipe.js';
import { RequestSession, sessionOf } from './request-session.js';
import { ResultTickets } from './result-tickets.js';
import { AdmitsTicket } from './session-guard.js';

const DownloadQuerySchema = v.object({ ticket: v.optional(v.string()) });
type DownloadQuery = v.InferOutput<typeof DownloadQuerySchema>;
const downloadQuery = new ParsePipe(DownloadQuerySchema);

/** What a job made, to take away. */
@Controller()
export class JobResultsController {
  constructor(
    @Inject(FILE_STORE) private readonly files: FileStore,
    private readonly access: JobAccess,
    private readonly tickets: ResultTickets,
    private readonly refusals: HttpRefusalFilter,
    private readonly path: JobsPath,
    private readonly ended: EndedSessions,
  ) {}

  @Post(':id/result/ticket')
  @AdmitsShare(true)
  @documented.ticket
  async ticket(@RequestSession() session: JobSession, @Param(namedJob) { id }: NamedJob): Promise<ResultTicket> {
    const job = await this.access.read(session, id);
    if (!hasResult(job)) throw new RefusalError('result-missing');
    const { ticket, expiresAt } = this.tickets.issue({ jobId: id, attempt: job.attempt, session });
    return { url: `${this.path.mounted}/${id}/result?ticket=${ticket}`, expiresAt: expiresAt.toISOString() };
  }

  @Get(':id/result')
  @AdmitsTicket(true)
  @AdmitsShare(true)
  @documented.result
  async result(
    @Req() request: Request,
    @Param(namedJob) { id }: NamedJob,
    @Query(downloadQuery) { ticket }: DownloadQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StreamableFile> {
    const job = ticket === undefined ? await this.access.read(sessionOf(request), id) : await this.jobOfTicket(ticket, id);
    const { fileName, mediaType, bytes, content } = await attachmentOf(job, this.files);
    response.attachment(fileName).setHeader('Content-Type', mediaType).setHeader('X-Content-Type-Options', 'nosniff');
    const file = Buffer.isBuffer(content) ? new StreamableFile(content) : new StreamableFile(content, { length: bytes });
    return file.setErrorHandler((error) => void this.refusals.answer(error, request, response));
  }

  /** Asked anew: what the session may see can have changed since, and it may have ended [S8]. */
  private async jobOfTicket(ticket: string, id: string): Promise<Job> {
    const { session, attempt } = this.tickets.redeem(ticket, id);
    if (this.ended.has(session)) throw new RefusalError('ticket-invalid');
    const job = await this.access.read(session, id);
    if (job.attempt !== attempt) throw new RefusalError('ticket-invalid');
    return job;
  }
}
