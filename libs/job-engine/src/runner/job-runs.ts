import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Job } from '@harmonia/contract';
import { setTimeout as wait } from 'node:timers/promises';
import type { FileStore } from '../files/file-store.js';
import { JOBS_SETTINGS, type JobsSettings } from '../job-engine.settings.js';
import { FILE_STORE, JOB_STORE } from '../job-engine.tokens.js';
import { JobPublisher } from '../publishing/job-publisher.js';
import type { JobEventBatch } from '../store/job-event.js';
import type { JobStore } from '../store/job-store.js';
import { StoreFollower } from '../store/store-follower.js';
import { JobHandlers } from './job-handlers.js';
import { JobRun, type RunEnd, type WillRetry } from './job-run.js';

/** After the store was rolled back, those who run a job that is queued there may say so before anybody else claims it [F5]. */
const REST_MS = 3000;

interface Slot {
  readonly run: JobRun;
  /** Never rejects. */
  readonly ended: Promise<void>;
}

/**
 * The attempts in the hands of this process, whoever chose them: the engine's own runner or another queue. It follows the
 * store: what is cancelled, removed or started anew elsewhere is told to stop. When the process stops, what still runs is
 * handed back.
 *
 * @example
 * const { records } = await store.read([id]);
 * const job = records.get(id)?.job;
 * if (job?.status === 'queued') await runs.run(job); // { kind: 'completed' }
 */
@Injectable()
export class JobRuns {
  private readonly logger = new Logger(JobRuns.name);
  private readonly slots = new Map<string, Slot>();
  private readonly follower: StoreFollower;
  private epoch: string | null = null;
  private resting: Promise<void> = Promise.resolve();
  private readonly stopping = new AbortController();

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(FILE_STORE) private readonly files: FileStore,
    @Inject(JOBS_SETTINGS) private readonly settings: Pick<JobsSettings, 'stopWithinMs'>,
    private readonly handlers: JobHandlers,
    private readonly publisher: JobPublisher,
  ) {
    this.follower = new StoreFollower('The watch over running jobs', store, {
      hear: (batch) => this.hear(batch),
      readAnew: () => this.readAnew(),
    });
  }

  /** How many attempts run here. */
  get size(): number {
    return this.slots.size;
  }

  /** Whether an attempt of this job runs here. */
  has(id: string): boolean {
    return this.slots.has(id);
  }

  /** Begins to hear of cancellations. Never rejects. */
  start(): Promise<void> {
    return this.follower.start();
  }

  /** Tells running handlers to stop, waits a while, and hands back what has not ended [R3]. Nothing begins any more. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.follower.stop();
    const slots = [...this.slots.values()];
    slots.forEach(({ run }) => run.stop());
    await this.within(
      this.settings.stopWithinMs,
      slots.map(({ ended }) => ended),
    );
    await Promise.all(slots.map(({ run }) => run.handBack().catch((error: unknown) => this.logUnreturned(error))));
  }

  /** Says of every running job that its worker is there [R10]. */
  async heartbeat(): Promise<void> {
    await Promise.all([...this.slots.values()].map(({ run }) => run.heartbeat()));
  }

  /**
   * Claims the job's attempt and runs its handler, once an earlier attempt of it here has let go. Rejects when the store
   * could not be told that it begins, or when no handler here serves the type.
   *
   * @param retries asked when the handler failed unexpectedly; default: never
   */
  async run(job: Job, retries?: WillRetry): Promise<RunEnd> {
    const handler = this.handlers.handlerOf(job.jobType);
    if (!handler) throw new Error(`No handler here serves the job type "${job.jobType}": add one, or let another process run it.`);
    for (let earlier = this.slots.get(job.id); earlier; earlier = this.slots.get(job.id)) await earlier.ended;
    const run = new JobRun(job, handler, { publisher: this.publisher, files: this.files, retries });
    const ending = this.begin(run).finally(() => this.slots.delete(job.id));
    this.slots.set(job.id, { run, ended: ending.then(nothing, nothing) });
    return ending;
  }

  /**
   * Hears of the epoch in which jobs were read that are to be run. In another one than before, nothing is claimed for 3 s:
   * whoever runs a job that is queued again since the store was rolled back may say so first [F5].
   */
  learn(epoch: string): void {
    if (epoch === this.epoch) return;
    const isFirst = this.epoch === null;
    this.epoch = epoch;
    if (isFirst) return;
    this.slots.forEach(({ run }) => run.beginEpoch());
    this.resting = wait(REST_MS, undefined, { ref: false, signal: this.stopping.signal }).catch(nothing);
  }

  private async begin(run: JobRun): Promise<RunEnd> {
    await this.resting;
    return this.stopping.signal.aborted ? { kind: 'not-begun' } : run.run();
  }

  private hear(batch: JobEventBatch): void {
    this.learn(batch.epoch);
    this.publisher.hear(batch);
    for (const event of batch.events) {
      if (event.kind === 'removed') this.slots.get(event.id)?.run.hear(null, event.version);
      else if ('job' in event) this.slots.get(event.job.id)?.run.hear(event.job, event.job.version);
    }
  }

  private async readAnew(): Promise<void> {
    const running = [...this.slots];
    const { epoch, records } = await this.store.read(running.map(([id]) => id));
    this.learn(epoch);
    for (const [id, { run }] of running) {
      const job = records.get(id)?.job;
      if (job) run.hear(job, job.version);
      else run.hearUnknown();
    }
  }

  private logUnreturned(error: unknown): void {
    this.logger.warn(`A job could not be handed back; others start it anew once it was silent for long enough. ${String(error)}`);
  }

  /** Waits for all of them, or so long. The timer keeps the process from ending before. */
  private async within(ms: number, ended: readonly Promise<void>[]): Promise<void> {
    const patience = new AbortController();
    await Promise.race([Promise.all(ended), wait(ms, undefined, { signal: patience.signal }).catch(nothing)]);
    patience.abort();
  }
}

const nothing = (): void => undefined;
