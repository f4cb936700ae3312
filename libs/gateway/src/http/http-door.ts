import { Controller, UseFilters, UseGuards, UseInterceptors, VERSION_NEUTRAL, type ModuleMetadata, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { AuditController } from '../audit/audit.controller.js';
import { AuditNotes } from '../audit/audit-notes.js';
import type { HarmoniaHttpOptions } from '../gateway-options.js';
import { AnnouncementsController } from '../messages/announcements.controller.js';
import { NotificationsController } from '../messages/notifications.controller.js';
import { OperationsController } from '../operations/operations.controller.js';
import { PresenceController } from '../presence/presence.controller.js';
import { JobReadings } from '../jobs/job-readings.js';
import { JobSharesController } from '../shares/job-shares.controller.js';
import { SessionController } from '../sessions/session.controller.js';
import { UserSessionsController } from '../sessions/user-sessions.controller.js';
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

const CONTROLLERS: readonly Type<object>[] = [
  JobsController,
  JobSyncController,
  JobResultsController,
  JobReportsController,
  JobSharesController,
];

/** Beside the jobs: who is there, what people are told, and who did what. */
const PEOPLE: readonly (readonly [path: string, controller: Type<object>])[] = [
  ['presence', PresenceController],
  ['users', NotificationsController],
  ['users', UserSessionsController],
  ['session', SessionController],
  ['announcements', AnnouncementsController],
  ['audit', AuditController],
];

/** What the REST side brings into the gateway's module. */
export function httpDoor({ prefix = 'api', guards = [] }: HarmoniaHttpOptions) {
  const at = (path: string) => [...prefix.split('/'), path].filter((segment) => segment !== '').join('/');
  return {
    controllers: [
      ...CONTROLLERS.map((controller) => mounted(controller, { path: at('jobs'), tag: 'jobs', guards })),
      ...PEOPLE.map(([path, controller]) => mounted(controller, { path: at(path), tag: 'people', guards })),
      mounted(OperationsController, { path: at('v1/websocket'), tag: 'operations', guards }),
    ],
    providers: [
      AnswerHeaders,
      AuditNotes,
      HttpRefusalFilter,
      JobIntake,
      JobReadings,
      JobsFallback,
      JobsPath,
      SessionGuard,
      { provide: JOBS_PATH, useValue: at('jobs') },
      { provide: ResultTickets, useFactory: () => new ResultTickets() },
    ],
  } satisfies ModuleMetadata;
}

interface Mount {
  readonly path: string;
  readonly tag: string;
  readonly guards: NonNullable<HarmoniaHttpOptions['guards']>;
}

/** A class of its own for each module, since path and guards are written on the class and two applications may differ. */
function mounted(controller: Type<object>, { path, tag, guards }: Mount): Type<object> {
  const Mounted = class extends controller {};
  Object.defineProperty(Mounted, 'name', { value: controller.name });
  Controller({ path, version: VERSION_NEUTRAL })(Mounted);
  UseGuards(SessionGuard, ...guards)(Mounted);
  UseFilters(HttpRefusalFilter)(Mounted);
  UseInterceptors(AnswerHeaders)(Mounted);
  ApiTags(tag)(Mounted);
  ApiBearerAuth()(Mounted);
  return Mounted;
}
