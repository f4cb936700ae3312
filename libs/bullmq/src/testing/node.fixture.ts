import { Module, type DynamicModule, type INestApplicationContext, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DiskFileStore, HarmoniaJobsModule, RedisJobStore, type HarmoniaJobsOptions, type JobRunner } from '@harmonia/job-engine';
import { HarmoniaBullmqModule } from '../bullmq.module.js';
import type { HarmoniaBullmqOptions } from '../bullmq.options.js';

/** How a process of a test is set up. */
export interface NodeSettings {
  readonly url: string;
  readonly directory: string;
  /** Whether it says what it logs. */
  readonly logger?: boolean;
  readonly jobs?: Partial<HarmoniaJobsOptions>;
  readonly bullmq?: Partial<HarmoniaBullmqOptions>;
}

@Module({})
class HostModule {}

/** A Nest application as one would write it: with handlers it is a worker, without it only hands jobs over. */
export async function startNode(settings: NodeSettings, handlers?: readonly Type<JobRunner>[]): Promise<INestApplicationContext> {
  const { url, directory, logger, jobs, bullmq } = settings;
  const host: DynamicModule = {
    module: HostModule,
    imports: [
      HarmoniaJobsModule.forRoot({
        store: () => RedisJobStore.open({ url, onTrouble: () => undefined }),
        files: new DiskFileStore(directory),
        runner: handlers ? { handlers, concurrency: 4, stopWithinMs: 500 } : false,
        jobTypes: ['greet', 'patient', 'flaky', 'stubborn', 'steps', 'waiting', 'short'],
        ...jobs,
      }),
      HarmoniaBullmqModule.forRootAsync({
        useFactory: () => ({ connection: { url }, lockMs: 1000, stalledIntervalMs: 300, ...bullmq }),
      }),
    ],
  };
  const app = await NestFactory.createApplicationContext(host, {
    logger: logger ? ['warn', 'error', 'fatal'] : ['fatal'],
    abortOnError: false,
  });
  return app.enableShutdownHooks();
}
