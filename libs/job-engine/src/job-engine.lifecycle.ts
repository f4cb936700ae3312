import {
  Inject,
  Injectable,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { AuditTrail } from './audit/audit-trail.js';
import { JobFiles } from './files/job-files.js';
import { JOB_STORE } from './job-engine.tokens.js';
import { JobPublisher } from './publishing/job-publisher.js';
import { JobHandlers } from './runner/job-handlers.js';
import { JobJanitor } from './runner/job-janitor.js';
import { JobRuns } from './runner/job-runs.js';
import { RunnerService } from './runner/runner.service.js';
import type { JobStore } from './store/job-store.js';

/**
 * The order in which the engine starts and stops. Being global, its module starts before those that use it and stops
 * after them: jobs run once every module is ready, and the store closes when servers and followers are gone.
 */
@Injectable()
export class JobsLifecycle implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    private readonly files: JobFiles,
    private readonly handlers: JobHandlers,
    private readonly runs: JobRuns,
    private readonly runner: RunnerService,
    private readonly janitor: JobJanitor,
    private readonly publisher: JobPublisher,
    private readonly audit: AuditTrail,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.handlers.load();
    await this.files.start();
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.runs.start();
    await this.runner.start();
    this.janitor.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.janitor.stop();
    await this.runner.stop();
    await this.runs.stop();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.publisher.close();
    await this.files.stop();
    await this.audit.close();
    await this.store.close();
  }
}
