import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Job, JobStatus } from '@harmonia/contract';
import { setTimeout as wait } from 'node:timers/promises';
import { JOBS_SETTINGS, type JobsSettings } from '../job-engine.settings.js';
import { JOB_STORE } from '../job-engine.tokens.js';
import { JobPublisher } from '../publishing/job-publisher.js';
import type { JobEventBatch } from '../store/job-event.js';
import type { JobStore } from '../store/job-store.js';
import { StoreFollower } from '../store/store-follower.js';
import { JobHandlers } from './job-handlers.js';
import { JobRuns } from './job-runs.js';

const RETRY_MS = 1000;
const PAGE = 200;
/** Of so many of the oldest jobs for each free slot one is chosen, lest all processes that share a store race for the same one. */
const SPREAD = 32;

/**
 * Chooses what runs here: the queued jobs of the handlers' types, oldest first and a few at a time. Several processes that
 * share a store choose among the oldest, and of those that choose the same job one alone gets it. Where the store is this
 * process's own, jobs that a crash has cut off start a new attempt when it begins, or fail `worker-lost`; where it is
 * shared, the janitor finds them by their silence [R10].
 *
 * @example runnerService.giveWay(); // in `onModuleInit` of what hands attempts to `JobRuns` itself
 */
@Injectable()
export class RunnerService {
  private readonly logger = new Logger(RunnerService.name);
  /** Ids in the order in which they were queued. */
  private readonly waiting = new Set<string>();
  private readonly follower: StoreFollower;
  private hasRecovered = false;
  private isFilling = false;
  private isFailing = false;
  private isStopping = false;
  private givesWay = false;

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(JOBS_SETTINGS) private readonly settings: Pick<JobsSettings, 'concurrency' | 'maxAttempts'>,
    private readonly handlers: JobHandlers,
    private readonly publisher: JobPublisher,
    private readonly runs: JobRuns,
  ) {
    this.follower = new StoreFollower('The runner', store, { hear: (batch) => this.hear(batch), readAnew: () => this.readAnew() });
  }

  /** Another queue chooses what runs here: to be said before the application is ready. */
  giveWay(): void {
    this.givesWay = true;
  }

  /** Recovers what an earlier process left behind, and begins to choose. Never rejects: it waits for a store that is away. */
  async start(): Promise<void> {
    if (!this.givesWay && this.handlers.handled().length > 0) await this.follower.start();
  }

  /** Chooses nothing any more. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.follower.stop();
  }

  private async readAnew(): Promise<void> {
    if (!this.hasRecovered && !this.store.isShared) await this.recover();
    this.hasRecovered = true;
    const queued = (await this.jobsOf('queued')).reverse().map(({ id }) => id);
    const younger = [...this.waiting];
    this.waiting.clear();
    for (const id of [...queued, ...younger]) this.waiting.add(id);
    void this.fill();
  }

  private async recover(): Promise<void> {
    const { maxAttempts } = this.settings;
    const cutOff = await this.jobsOf('processing');
    await Promise.all(cutOff.map(({ id, attempt }) => this.publisher.commit({ kind: 'lost', id, attempt, maxAttempts })));
  }

  /** Newest first. */
  private async jobsOf(status: JobStatus): Promise<Pick<Job, 'id' | 'attempt'>[]> {
    const found: Pick<Job, 'id' | 'attempt'>[] = [];
    let page: string | undefined;
    do {
      const { jobs, nextPage } = await this.store.list({ scope: 'all', status: [status], limit: PAGE, page });
      found.push(...jobs.filter((job) => this.handlers.handlerOf(job.jobType)).map(({ id, attempt }) => ({ id, attempt })));
      page = nextPage ?? undefined;
    } while (page !== undefined);
    return found;
  }

  private hear({ events }: JobEventBatch): void {
    for (const event of events) {
      if (!('job' in event)) continue;
      const { id, status, jobType } = event.job;
      // what others take is not waited for
      if (status !== 'queued') this.waiting.delete(id);
      else if (this.handlers.handlerOf(jobType)) this.waiting.add(id);
    }
    void this.fill();
  }

  /** Never rejects. */
  private async fill(): Promise<void> {
    if (this.isFilling) return;
    this.isFilling = true;
    for (let ids = this.next(); ids.length > 0; ids = this.next()) await this.begin(ids);
    this.isFilling = false;
  }

  /** Takes as many as there are free slots; a job whose earlier attempt has not let go yet stays. */
  private next(): readonly string[] {
    const free = this.isStopping ? 0 : this.settings.concurrency - this.runs.size;
    const oldest: string[] = [];
    for (const id of free > 0 ? this.waiting : []) {
      if (oldest.length >= (this.store.isShared ? free * SPREAD : free)) break;
      if (!this.runs.has(id)) oldest.push(id);
    }
    const taken = this.store.isShared ? someOf(oldest, free) : oldest;
    taken.forEach((id) => this.waiting.delete(id));
    return taken;
  }

  private async begin(ids: readonly string[]): Promise<void> {
    try {
      const { epoch, records } = await this.store.read(ids);
      this.isFailing = false;
      this.runs.learn(epoch);
      ids.forEach((id) => this.run(records.get(id)?.job));
    } catch (error) {
      await this.tryAgain(ids, error);
    }
  }

  private run(job: Job | undefined): void {
    if (job?.status !== 'queued' || this.isStopping || !this.handlers.handlerOf(job.jobType)) return;
    void this.runs
      .run(job)
      .catch((error: unknown) => this.tryAgain([job.id], error))
      .finally(() => void this.fill());
  }

  /** A job that could not be started waits for the store; one that has ended by then is not run. */
  private async tryAgain(ids: readonly string[], error: unknown): Promise<void> {
    if (this.isStopping) return;
    if (!this.isFailing) this.logger.error('A job could not be run; it is tried again.', error instanceof Error ? error.stack : error);
    this.isFailing = true;
    await wait(RETRY_MS, undefined, { ref: false });
    ids.forEach((id) => this.waiting.add(id));
  }
}

function someOf(ids: readonly string[], count: number): readonly string[] {
  const left = [...ids];
  return Array.from({ length: Math.min(count, left.length) }, () => left.splice(Math.floor(Math.random() * left.length), 1)).flat();
}
