import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Config } from './config.js';
import { foundationOf } from './foundation.js';
import { JobsModule } from './jobs.module.js';

/**
 * Starts a process that runs jobs and serves nothing. Closing it hands running jobs back.
 *
 * @throws StartError when the data directory cannot be used
 * @example const worker = await startWorker(readWorkerConfig({ REDIS_URL: 'redis://127.0.0.1' })); await worker.close();
 */
export async function startWorker(config: Config): Promise<INestApplicationContext> {
  const foundation = await foundationOf({ ...config, runJobs: true });
  const worker = await NestFactory.createApplicationContext(JobsModule.forRoot(foundation), { abortOnError: false });
  return worker.enableShutdownHooks(['SIGINT', 'SIGTERM'], { useProcessExit: true });
}
