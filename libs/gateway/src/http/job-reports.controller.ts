import { JobReportSchema, RefusalError, type JobReport, type ReportAnswer } from '@harmonia/contract';
import { EXTERNAL_JOB_TYPE, JobAccess, JobPublisher, type JobSession } from '@harmonia/job-engine';
import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { Audited } from '../audit/audited.js';
import { documented } from './openapi.js';
import { namedJob, ParsePipe, type NamedJob } from './parse-pipe.js';
import { RequestSession } from './request-session.js';

const REPORT_SCOPE = 'jobs:report';

const reportBody = new ParsePipe(JobReportSchema);

/** Where workers elsewhere, in any language, report on jobs of the type `external` [R4, R10]. */
@Controller()
export class JobReportsController {
  constructor(
    private readonly access: JobAccess,
    private readonly publisher: JobPublisher,
  ) {}

  /** A report that changes nothing is no failure: its answer says from where to resume [R4]. */
  @Post(':id/reports')
  @HttpCode(200)
  @Audited({ what: 'report', only: 'refused' })
  @documented.report
  async report(
    @RequestSession() session: JobSession,
    @Param(namedJob) { id }: NamedJob,
    @Body(reportBody) report: JobReport,
  ): Promise<ReportAnswer> {
    if (!session.scopes.includes(REPORT_SCOPE)) throw new RefusalError('forbidden');
    const { attempt, sequence, status, progress, result, error, title, tags } = report;
    // whoever may not create such jobs names no owner either [A4]
    const userId = session.jobTypes?.includes(EXTERNAL_JOB_TYPE) === false ? undefined : report.userId;
    await this.assertReportable(session, id, userId);
    const ifUnknown = userId === undefined ? undefined : { userId, jobType: EXTERNAL_JOB_TYPE, title, tags };
    return this.publisher.report({ kind: 'reported', id, attempt, sequence, status, progress, result, error }, ifUnknown);
  }

  /** A job that this reporter may not touch looks as it does to any stranger: unknown, or its id taken [R12, S4]. */
  private async assertReportable(session: JobSession, id: string, userId: string | undefined): Promise<void> {
    try {
      await this.access.find(session, id, 'report');
    } catch (error) {
      if (!(error instanceof RefusalError) || error.code !== 'job-not-found') throw error;
      throw new RefusalError(userId === undefined ? 'job-unknown' : 'job-id-conflict');
    }
  }
}
