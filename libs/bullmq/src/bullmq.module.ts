import { Module } from '@nestjs/common';
import { BullmqLifecycle } from './bullmq.lifecycle.js';
import { BULLMQ_OPTIONS, ConfigurableModuleClass } from './bullmq.options.js';
import { BULLMQ_SETTINGS, settingsOf } from './bullmq.settings.js';
import { AttemptQueue } from './queue/attempt-queue.js';
import { JobDispatcher } from './queue/job-dispatcher.js';
import { AttemptWorker } from './worker/attempt-worker.js';
import { RetryPlan } from './worker/retry-plan.js';

/**
 * Makes BullMQ the queue of the jobs of `HarmoniaJobsModule`, which has to be imported too: its handlers run as workers of
 * BullMQ, as many at once as its option `runner.concurrency` says, in every process that has some. Processes without
 * handlers (`runner: false`) only hand over what is queued. The application should call `enableShutdownHooks()`.
 *
 * @example
 * HarmoniaBullmqModule.forRootAsync({
 *   inject: [Config],
 *   useFactory: (config: Config) => ({ connection: { url: config.redisUrl }, attempts: 3, backoff: { type: 'exponential', delay: 1000 } }),
 * })
 */
@Module({
  providers: [
    { provide: BULLMQ_SETTINGS, inject: [BULLMQ_OPTIONS], useFactory: settingsOf },
    AttemptQueue,
    AttemptWorker,
    BullmqLifecycle,
    JobDispatcher,
    RetryPlan,
  ],
})
export class HarmoniaBullmqModule extends ConfigurableModuleClass {}
