import { Inject, Injectable } from '@nestjs/common';
import { Queue, type BulkJobOptions } from 'bullmq';
import { BULLMQ_OPTIONS, type HarmoniaBullmqOptions } from '../bullmq.options.js';
import { BULLMQ_SETTINGS, type BullmqSettings } from '../bullmq.settings.js';
import { attemptKey, type Attempt, type QueuedJob } from './attempt.js';
import { closeWithin, queuePlace } from './queue-place.js';
import { QueueTrouble } from './queue-trouble.js';

/**
 * How often an attempt is tried is decided by the worker, which makes another attempt of each try. BullMQ tries again only
 * what could not be begun because the store was away; it keeps nothing of what is over, since the store does.
 */
const HANDLING: BulkJobOptions = {
  attempts: Number.MAX_SAFE_INTEGER,
  backoff: 1000,
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 1,
};

/** The attempts that wait in BullMQ for a worker. */
@Injectable()
export class AttemptQueue {
  private queue: Queue<Attempt, void, string> | null = null;

  constructor(
    @Inject(BULLMQ_OPTIONS) private readonly options: HarmoniaBullmqOptions,
    @Inject(BULLMQ_SETTINGS) private readonly settings: BullmqSettings,
  ) {}

  /** Connects, now or as soon as Redis is there. */
  open(): void {
    const trouble = new QueueTrouble(AttemptQueue.name);
    this.queue = new Queue(this.settings.queue, queuePlace(this.options.connection, this.settings));
    this.queue.on('error', (error) => trouble.tell(error));
  }

  /**
   * Adds the current attempt of each job, unless it is there already; waits while Redis is away.
   *
   * @param delay how long it is to wait for its turn, in ms
   */
  async add(jobs: readonly QueuedJob[], delay = 0): Promise<void> {
    await this.queue?.addBulk(
      jobs.map((job) => ({
        name: job.jobType,
        data: { id: job.id, attempt: job.attempt },
        opts: { ...HANDLING, jobId: attemptKey(job), delay },
      })),
    );
  }

  async close(): Promise<void> {
    if (this.queue) await closeWithin(this.queue);
    this.queue = null;
  }
}
