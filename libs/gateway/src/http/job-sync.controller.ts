import { JobsSyncSchema, type JobsPoll, type JobsSync } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { answerOf, JobReadings } from '../jobs/job-readings.js';
import { AdmitsShare } from '../shares/admits-share.js';
import { documented } from './openapi.js';
import { ParsePipe } from './parse-pipe.js';
import { RequestSession } from './request-session.js';

/** `jobs:sync` for clients whose socket cannot get through [S5]: the same answer, and nothing is watched. */
@Controller()
export class JobSyncController {
  constructor(private readonly readings: JobReadings) {}

  @Post('sync')
  @AdmitsShare(true)
  @HttpCode(200)
  @documented.sync
  async sync(@RequestSession() session: JobSession, @Body(new ParsePipe(JobsSyncSchema)) declared: JobsSync): Promise<JobsPoll> {
    return { ...answerOf(declared, await this.readings.sync(session, declared)), userId: session.userId };
  }
}
