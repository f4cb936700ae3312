import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { AuditTrail } from './audit/audit-trail.js';
import { UnkeptAuditLog } from './audit/unkept-audit-log.js';
import { JobFiles } from './files/job-files.js';
import { JobsLifecycle } from './job-engine.lifecycle.js';
import { ConfigurableModuleClass, JOBS_OPTIONS, type HarmoniaJobsOptions } from './job-engine.options.js';
import { JOBS_SETTINGS, settingsOf } from './job-engine.settings.js';
import { MemorySessionEnds } from './sessions/memory-session-ends.js';
import { AUDIT_LOG, FILE_STORE, JOB_STORE, SESSION_ENDS } from './job-engine.tokens.js';
import { JobAccessPolicy, OwnerOrAdminPolicy } from './publishing/job-access-policy.js';
import { JobAccess } from './publishing/job-access.js';
import { JobPublisher } from './publishing/job-publisher.js';
import { JobHandlers } from './runner/job-handlers.js';
import { JobJanitor } from './runner/job-janitor.js';
import { JobRuns } from './runner/job-runs.js';
import { RunnerService } from './runner/runner.service.js';
import type { JobStore } from './store/job-store.js';

/**
 * Decides, keeps and runs jobs; global, so that every module may inject {@link JobPublisher}, {@link JobAccess},
 * {@link JobHandlers}, `JOB_STORE` and `FILE_STORE`. It knows no socket. The application should call
 * `enableShutdownHooks()`, so that running jobs are handed back when the process is asked to stop.
 *
 * @example
 * HarmoniaJobsModule.forRoot({
 *   store: () => SqliteJobStore.open({ directory: './data' }),
 *   files: new DiskFileStore('./data/files'),
 *   runner: { handlers: [PdfNotes], concurrency: 4 },
 * })
 */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: JOB_STORE,
      inject: [JOBS_OPTIONS],
      useFactory: ({ store }: HarmoniaJobsOptions) => (typeof store === 'function' ? store() : store),
    },
    {
      provide: FILE_STORE,
      inject: [JOBS_OPTIONS],
      useFactory: ({ files }: HarmoniaJobsOptions) => (typeof files === 'function' ? files() : files),
    },
    {
      provide: JobAccessPolicy,
      inject: [JOBS_OPTIONS],
      useFactory: ({ policy }: HarmoniaJobsOptions) => policy ?? new OwnerOrAdminPolicy(),
    },
    {
      provide: AUDIT_LOG,
      inject: [JOBS_OPTIONS, JOB_STORE],
      useFactory: ({ audit }: HarmoniaJobsOptions, store: JobStore) => audit ?? store.audit ?? new UnkeptAuditLog(),
    },
    {
      provide: SESSION_ENDS,
      inject: [JOB_STORE],
      useFactory: (store: JobStore) => store.sessionEnds ?? new MemorySessionEnds(),
    },
    { provide: JOBS_SETTINGS, inject: [JOBS_OPTIONS], useFactory: settingsOf },
    AuditTrail,
    JobAccess,
    JobFiles,
    JobHandlers,
    JobJanitor,
    JobPublisher,
    JobRuns,
    JobsLifecycle,
    RunnerService,
  ],
  exports: [
    AUDIT_LOG,
    AuditTrail,
    SESSION_ENDS,
    JOB_STORE,
    FILE_STORE,
    JOBS_SETTINGS,
    JobAccess,
    JobAccessPolicy,
    JobFiles,
    JobHandlers,
    JobPublisher,
    JobRuns,
    RunnerService,
  ],
})
export class HarmoniaJobsModule extends ConfigurableModuleClass {}
