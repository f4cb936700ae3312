import { Inject, Injectable, Logger } from '@nestjs/common';
import { EXTERNAL_JOB_TYPE, JOB_STORE, JobHandlers, StoreFollower, type JobEventBatch, type JobStore } from '@harmonia/job-engine';
import { BULLMQ_SETTINGS, type BullmqSettings } from '../bullmq.settings.js';
import { untilItWorks } from '../until-it-works.js';
import { attemptKey, type QueuedJob } from './attempt.js';
import { AttemptQueue } from './attempt-queue.js';

const PAGE = 200;

/**
 * Hands to BullMQ whatever is queued in the job store, which stays the truth: it follows the store, reads it anew when it
 * begins or has missed something, and now and then, should BullMQ have lost something. Any number of processes may do so.
 */
@Injectable()
export class JobDispatcher {
  private readonly logger = new Logger(JobDispatcher.name);
  private readonly follower: StoreFollower;
  private readonly waiting = new Map<string, QueuedJob>();
  private isHanding = false;
  private isStopped = false;
  private refills: NodeJS.Timeout | undefined;

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(BULLMQ_SETTINGS) private readonly settings: Pick<BullmqSettings, 'refillIntervalMs'>,
    private readonly handlers: JobHandlers,
    private readonly queue: AttemptQueue,
  ) {
    this.follower = new StoreFollower('The dispatcher to BullMQ', store, {
      hear: (batch) => this.hear(batch),
      readAnew: () => this.readAnew(),
    });
  }

  /** Begins, now or as soon as the store is there. Never rejects. */
  async start(): Promise<void> {
    // what fails now is done the next time
    this.refills = setInterval(() => void this.readAnew().catch(() => undefined), this.settings.refillIntervalMs).unref();
    await this.follower.start();
  }

  /** What waits for a Redis that is away is handed over by the next process that begins. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearInterval(this.refills);
    await this.follower.stop();
  }

  private hear({ events }: JobEventBatch): void {
    this.dispatch(events.flatMap((event) => ('job' in event && event.job.status === 'queued' ? event.job : [])));
  }

  private async readAnew(): Promise<void> {
    let page: string | undefined;
    do {
      const { jobs, nextPage } = await this.store.list({ scope: 'all', status: ['queued'], limit: PAGE, page });
      this.dispatch(jobs);
      page = nextPage ?? undefined;
    } while (page !== undefined && !this.isStopped);
  }

  private dispatch(jobs: readonly QueuedJob[]): void {
    for (const { id, attempt, jobType, createdAt } of jobs) {
      if (!this.isOurs(jobType)) continue;
      const job = { id, attempt, jobType, createdAt };
      this.waiting.set(attemptKey(job), job);
    }
    void this.handOver();
  }

  /** What runs here or may be created here; a host may have other jobs, which it runs by other means. */
  private isOurs(jobType: string): boolean {
    return jobType !== EXTERNAL_JOB_TYPE && this.handlers.types().includes(jobType);
  }

  /** Never rejects. What comes while Redis is busy or away goes together. */
  private async handOver(): Promise<void> {
    if (this.isHanding) return;
    this.isHanding = true;
    while (this.waiting.size > 0 && !this.isStopped) {
      const taken = [...this.waiting.values()];
      this.waiting.clear();
      await untilItWorks(
        () => this.queue.add(taken),
        () => !this.isStopped,
        this.logger,
      );
    }
    this.isHanding = false;
  }
}
