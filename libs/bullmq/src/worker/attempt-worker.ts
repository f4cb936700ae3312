import { Inject, Injectable, Logger } from '@nestjs/common';
import { isTerminal, type Job } from '@harmonia/contract';
import { JOB_STORE, JobHandlers, JobPublisher, JobRuns, JOBS_SETTINGS, type JobsSettings, type JobStore } from '@harmonia/job-engine';
import { DelayedError, UnrecoverableError, Worker, type Job as BullJob } from 'bullmq';
import * as v from 'valibot';
import { BULLMQ_OPTIONS, type HarmoniaBullmqOptions } from '../bullmq.options.js';
import { BULLMQ_SETTINGS, type BullmqSettings } from '../bullmq.settings.js';
import { AttemptSchema, type Attempt } from '../queue/attempt.js';
import { AttemptQueue } from '../queue/attempt-queue.js';
import { closeWithin, queuePlace } from '../queue/queue-place.js';
import { QueueTrouble } from '../queue/queue-trouble.js';
import { untilItWorks } from '../until-it-works.js';
import { RetryPlan } from './retry-plan.js';

/** How long an attempt rests that cannot be run here. */
const PUT_BACK_MS = 1000;
/** How long a worker waits that Redis refused something; BullMQ's own default is 15 s. */
const FETCH_AGAIN_MS = 1000;

/**
 * Runs the attempts that BullMQ hands out, with the handlers of this process. BullMQ says when, the job store says what:
 * an attempt that is no longer the current one is dropped, and only who claims it runs it [R4]. One that BullMQ hands out
 * again although it had begun was lost with its worker, and is followed by a new attempt [R10].
 */
@Injectable()
export class AttemptWorker {
  private readonly logger = new Logger(AttemptWorker.name);
  private worker: Worker<Attempt, void, string> | null = null;
  private readonly missing = new Set<string>();
  private isStopping = false;

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(JOBS_SETTINGS) private readonly settings: Pick<JobsSettings, 'concurrency' | 'maxAttempts'>,
    @Inject(BULLMQ_OPTIONS) private readonly options: HarmoniaBullmqOptions,
    @Inject(BULLMQ_SETTINGS) private readonly bullmq: BullmqSettings,
    private readonly handlers: JobHandlers,
    private readonly runs: JobRuns,
    private readonly publisher: JobPublisher,
    private readonly queue: AttemptQueue,
    private readonly plan: RetryPlan,
  ) {}

  /** Begins to work, now or as soon as Redis is there; a process without handlers does not. */
  start(): void {
    if (this.handlers.handled().length === 0) return;
    const trouble = new QueueTrouble(AttemptWorker.name);
    this.worker = new Worker(this.bullmq.queue, (task, token) => this.process(task, token), {
      ...queuePlace(this.options.connection, this.bullmq),
      concurrency: this.settings.concurrency,
      lockDuration: this.bullmq.lockMs,
      stalledInterval: this.bullmq.stalledIntervalMs,
      // how often an attempt may be lost is for the store to decide
      maxStalledCount: Number.MAX_SAFE_INTEGER,
      runRetryDelay: FETCH_AGAIN_MS,
    });
    this.worker.on('error', (error) => trouble.tell(error));
  }

  /** Takes nothing more, tells what runs to stop, and hands back what has not ended in time [R3]. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.worker?.pause(true);
    await this.runs.stop();
    // what does not heed the signal has been handed back
    if (this.worker) await closeWithin(this.worker, this.runs.size > 0);
    this.worker = null;
  }

  private async process(task: BullJob<Attempt, void, string>, token?: string): Promise<void> {
    const { id, attempt } = v.parse(AttemptSchema, task.data);
    const { epoch, records } = await this.store.read([id]);
    this.runs.learn(epoch);
    const job = records.get(id)?.job;
    if (!job || job.attempt !== attempt || isTerminal(job.status)) return;
    if (job.status === 'processing') return this.giveUp(job, task);
    if (this.isStopping || !this.handlers.handlerOf(job.jobType)) return this.putBack(task, token);
    const end = await this.runs.run(job, () => this.retries(job));
    if (end.kind === 'not-begun' && this.isStopping) return this.putBack(task, token);
    // for those who watch BullMQ itself
    if (end.kind === 'failed') throw new UnrecoverableError(end.error.message);
  }

  /** Begun before, and handed out again: its worker is gone. One that somebody else reports is left to them. */
  private async giveUp({ id, attempt }: Job, { attemptsStarted }: BullJob): Promise<void> {
    if (attemptsStarted < 2 || this.runs.has(id)) return;
    await this.publisher.commit({ kind: 'lost', id, attempt, maxAttempts: this.settings.maxAttempts });
  }

  /** Whether a job whose handler threw is tried again; then its next attempt waits in BullMQ already. */
  private async retries(job: Job): Promise<boolean> {
    // one that cannot be planned before this process ends has not failed either
    let isTriedAgain = true;
    const plan = async () => {
      const delay = this.plan.delayAfter(await this.store.history(job.id));
      if (delay !== null) await this.queue.add([{ ...job, attempt: job.attempt + 1 }], delay);
      isTriedAgain = delay !== null;
    };
    await untilItWorks(plan, () => !this.isStopping, this.logger);
    return isTriedAgain;
  }

  /** Leaves an attempt to a worker that can run it. */
  private async putBack(task: BullJob, token?: string): Promise<never> {
    if (!this.isStopping) this.tellOfMissing(task.name);
    await task.moveToDelayed(Date.now() + PUT_BACK_MS, token);
    throw new DelayedError();
  }

  private tellOfMissing(jobType: string): void {
    if (this.missing.has(jobType)) return;
    this.missing.add(jobType);
    this.logger.warn(`No handler here runs "${jobType}": add one, or give these workers a queue of their own. Other workers may take it.`);
  }
}
