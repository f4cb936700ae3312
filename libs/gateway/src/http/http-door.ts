import { Controller, UseFilters, UseGuards, UseInterceptors, VERSION_NEUTRAL, type ModuleMetadata, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import type { HarmoniaHttpOptions } from '../gateway-options.js';
import { JobReadings } from '../jobs/job-readings.js';
import { AnswerHeaders } from './answer-headers.js';
import { HttpRefusalFilter } from './http-refusal-filter.js';
import { JobIntake } from './job-intake.js';
import { JobReportsController } from './job-reports.controller.js';
import { JobResultsController } from './job-results.controller.js';
import { JobSyncController } from './job-sync.controller.js';
import { JobsController } from './jobs.controller.js';
import { JobsFallback } from './jobs-fallback.js';
import { JOBS_PATH, JobsPath } from './jobs-path.js';
import { ResultTickets } from './result-tickets.js';
import { SessionGuard } from './session-guard.js';

const CONTROLLERS: readonly Type<object>[] = [JobsController, JobSyncController, JobResultsController, JobReportsController];

/** What the REST side of jobs brings into the gateway's module. */
export function httpDoor({ prefix = 'api', guards = [] }: HarmoniaHttpOptions) {
  const path = [...prefix.split('/'), 'jobs'].filter((segment) => segment !== '').join('/');
  return {
    controllers: CONTROLLERS.map((controller) => mounted(controller, path, guards)),
    providers: [
      AnswerHeaders,
      HttpRefusalFilter,
      JobIntake,
      JobReadings,
      JobsFallback,
      JobsPath,
      SessionGuard,
      { provide: JOBS_PATH, useValue: path },
      { provide: ResultTickets, useFactory: () => new ResultTickets() },
    ],
  } satisfies ModuleMetadata;
}

/** A class of its own for each module, since path and guards are written on the class and two applications may differ. */
function mounted(controller: Type<object>, path: string, guards: NonNullable<HarmoniaHttpOptions['guards']>): Type<object> {
  const Mounted = class extends controller {};
  Object.defineProperty(Mounted, 'name', { value: controller.name });
  Controller({ path, version: VERSION_NEUTRAL })(Mounted);
  UseGuards(SessionGuard, ...guards)(Mounted);
  UseFilters(HttpRefusalFilter)(Mounted);
  UseInterceptors(AnswerHeaders)(Mounted);
  ApiTags('jobs')(Mounted);
  ApiBearerAuth()(Mounted);
  return Mounted;
}
