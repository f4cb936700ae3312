import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { RunnerService } from '@harmonia/job-engine';
import { AttemptQueue } from './queue/attempt-queue.js';
import { JobDispatcher } from './queue/job-dispatcher.js';
import { AttemptWorker } from './worker/attempt-worker.js';

/** The order in which the queue starts and stops: what is handed back at the end still finds its way into BullMQ. */
@Injectable()
export class BullmqLifecycle implements OnModuleInit, OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(
    private readonly runner: RunnerService,
    private readonly queue: AttemptQueue,
    private readonly dispatcher: JobDispatcher,
    private readonly worker: AttemptWorker,
  ) {}

  onModuleInit(): void {
    this.runner.giveWay();
  }

  async onApplicationBootstrap(): Promise<void> {
    this.queue.open();
    await this.dispatcher.start();
    this.worker.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.worker.stop();
    await this.dispatcher.stop();
    await this.queue.close();
  }
}
