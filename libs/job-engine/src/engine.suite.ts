import { Module, type DynamicModule, type INestApplicationContext, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { isTerminal, type Job } from '@harmonia/contract';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskFileStore } from './files/disk-file-store.js';
import { HarmoniaJobsModule } from './job-engine.module.js';
import type { HarmoniaJobsOptions } from './job-engine.options.js';
import { JOB_STORE } from './job-engine.tokens.js';
import { JobPublisher } from './publishing/job-publisher.js';
import { SqliteJobStore } from './store/sqlite-job-store.js';
import type { JobStore } from './store/job-store.js';

@Module({})
class HostModule {}

/** An engine in a real Nest application, with its store and files in a directory that the next one may open again. */
export class TestEngine {
  private constructor(
    readonly app: INestApplicationContext,
    readonly store: JobStore,
    readonly publisher: JobPublisher,
    readonly files: DiskFileStore,
  ) {}

  static async start(directory: string, options: Partial<HarmoniaJobsOptions> = {}, providers: Provider[] = []): Promise<TestEngine> {
    const files = new DiskFileStore(join(directory, 'files'));
    const jobs = HarmoniaJobsModule.forRoot({ store: () => SqliteJobStore.open({ directory }), files, ...options });
    const host: DynamicModule = { module: HostModule, imports: [jobs], providers };
    const app = await NestFactory.createApplicationContext(host, { logger: false, abortOnError: false });
    return new TestEngine(app, app.get<JobStore>(JOB_STORE), app.get(JobPublisher), files);
  }

  readonly job = async (id: string): Promise<Job | undefined> => (await this.store.read([id])).records.get(id)?.job;

  /** The job as soon as it fulfils the condition; waits for events, not for time. */
  readonly until = async (id: string, condition: (job: Job) => boolean): Promise<Job> => {
    let heard = (): void => undefined;
    const unfollow = await this.store.follow(null, () => heard());
    try {
      for (;;) {
        const next = new Promise<void>((resolve) => (heard = resolve));
        const job = await this.job(id);
        if (job && condition(job)) return job;
        await next;
      }
    } finally {
      await unfollow();
    }
  };

  readonly ended = (id: string): Promise<Job> => this.until(id, ({ status }) => isTerminal(status));
}

/** A directory for each test, removed after it. */
export async function temporaryDirectory(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'harmonia-engine-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** What `jest.useFakeTimers` leaves alone, so that all but the clock on the wall stays real. */
export const ONLY_DATE = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const;
