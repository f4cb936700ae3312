import { ConfigurableModuleBuilder, type Type } from '@nestjs/common';
import type { AuditLog } from './audit/audit-log.js';
import type { FileStore } from './files/file-store.js';
import type { JobAccessPolicy } from './publishing/job-access-policy.js';
import type { JobRunner } from './runner/job-handler.js';
import type { JobStore } from './store/job-store.js';

/** How jobs are run in this process. */
export interface RunnerOptions {
  /**
   * The classes with `@JobHandler` that run here: providers of your application, or else made for the engine from what is
   * global. Default: every provider of the application that has the decorator.
   */
  readonly handlers?: readonly Type<JobRunner>[];
  /** How many jobs run at the same time. Default 2. */
  readonly concurrency?: number;
  /** How long running jobs may take to heed the signal when the server stops, in ms. Default 5000. */
  readonly stopWithinMs?: number;
}

/** A thing that is there, or how to make it when the application starts. */
type ReadyOrFactory<T> = T | (() => T | Promise<T>);

/** The options of {@link HarmoniaJobsModule}. */
export interface HarmoniaJobsOptions {
  /** Where jobs are kept. The engine closes it when the application has stopped. */
  readonly store: ReadyOrFactory<JobStore>;
  /** Where uploads and results are kept. */
  readonly files: ReadyOrFactory<FileStore>;
  /** Where is kept who did what [A1]. Default: beside the jobs, in the store. */
  readonly audit?: AuditLog;
  /** Who may do what with a job. Default {@link OwnerOrAdminPolicy}. */
  readonly policy?: JobAccessPolicy;
  /** How jobs are run here; `false`: they run elsewhere. Default: with the defaults of {@link RunnerOptions}. */
  readonly runner?: RunnerOptions | false;
  /** Types that may be created here although no handler here runs them. Default none; `external` always may. */
  readonly jobTypes?: readonly string[];
  /** How often in a row an attempt may be cut off before its job ends `failed` with `worker-lost` [R10]. Default 3. */
  readonly maxAttempts?: number;
  /** How long ended jobs are kept, in ms [R9]. Default 7 days. */
  readonly retentionMs?: number;
  /** How long an attempt may be silent before it counts as lost, in ms [R10]. Default 60,000. */
  readonly heartbeatTimeoutMs?: number;
  /** The shortest time between two progress commits of a job, in ms [L3]. Default 50. */
  readonly progressIntervalMs?: number;
  /** How often lost attempts and expired jobs are looked for, in ms. Default 5000. */
  readonly janitorIntervalMs?: number;
}

export const { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN: JOBS_OPTIONS } = new ConfigurableModuleBuilder<HarmoniaJobsOptions>({
  moduleName: 'HarmoniaJobs',
})
  .setClassMethodName('forRoot')
  .build();
