import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Job, JobStatus } from '@harmonia/contract';
import { setTimeout as wait } from 'node:timers/promises';
import type { FileStore } from '../files/file-store.js';
import { JOBS_SETTINGS, type JobsSettings } from '../job-engine.settings.js';
import { FILE_STORE, JOB_STORE } from '../job-engine.tokens.js';
import { JobPublisher } from '../publishing/job-publisher.js';
import type { JobEvent } from '../store/job-event.js';
import type { JobStore, Unfollow } from '../store/job-store.js';
import { JobHandlers } from './job-handlers.js';
import { JobRun } from './job-run.js';

const RETRY_MS = 1000;
const PAGE = 200;

interface Slot {
  readonly run: JobRun;
  readonly ended: Promise<void>;
}

/**
 * Runs the queued jobs of its handlers' types, oldest first and a few at a time. It follows the store: a job that is
 * cancelled, removed or started anew elsewhere is told to stop. When the process begins, the jobs that a crash has cut
 * off start a new attempt, or fail `worker-lost` [R10]; when it stops, running jobs are handed back.
 */
@Injectable()
export class RunnerService {
  private readonly logger = new Logger(RunnerService.name);
  /** Ids in the order in which they were queued. */
  private readonly waiting = new Set<string>();
  private readonly slots = new Map<string, Slot>();
  private unfollow: Unfollow = () => Promise.resolve();
  private filling = false;
  private stopping = false;

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(FILE_STORE) private readonly files: FileStore,
    @Inject(JOBS_SETTINGS) private readonly settings: Pick<JobsSettings, 'concurrency' | 'maxAttempts' | 'stopWithinMs'>,
    private readonly handlers: JobHandlers,
    private readonly publisher: JobPublisher,
  ) {}

  /** Recovers what an earlier process left behind, and begins to run. */
  async start(): Promise<void> {
    if (this.handlers.handled().length === 0) return;
    await this.recover();
    const { position } = await this.store.read([]);
    for (const job of (await this.jobsOf('queued')).reverse()) this.waiting.add(job.id);
    this.unfollow = await this.store.follow(position, ({ events }) => this.hear(events));
    void this.fill();
  }

  /** Tells running jobs to stop, waits a while, and hands back those that have not ended [R3]. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.unfollow();
    const slots = [...this.slots.values()];
    slots.forEach(({ run }) => run.stop());
    await this.within(
      this.settings.stopWithinMs,
      slots.map((slot) => slot.ended),
    );
    await Promise.all(slots.map(({ run }) => run.handBack()));
  }

  /** Says of every running job that its worker is there [R10]. */
  async heartbeat(): Promise<void> {
    await Promise.all([...this.slots.values()].map(({ run }) => run.heartbeat()));
  }

  /** Waits for all of them, or so long. The timer keeps the process from ending before. */
  private async within(ms: number, ended: readonly Promise<void>[]): Promise<void> {
    const patience = new AbortController();
    await Promise.race([Promise.all(ended), wait(ms, undefined, { signal: patience.signal }).catch(() => undefined)]);
    patience.abort();
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

  private hear(events: readonly JobEvent[]): void {
    for (const event of events) {
      if (event.kind === 'removed') this.slots.get(event.id)?.run.hear(null, event.version);
      if (!('job' in event)) continue;
      this.slots.get(event.job.id)?.run.hear(event.job, event.job.version);
      if (event.job.status === 'queued' && this.handlers.handlerOf(event.job.jobType)) this.waiting.add(event.job.id);
    }
    void this.fill();
  }

  /** Never rejects. */
  private async fill(): Promise<void> {
    if (this.filling) return;
    this.filling = true;
    for (let ids = this.next(); ids.length > 0; ids = this.next()) await this.begin(ids);
    this.filling = false;
  }

  /** Takes as many as there are free slots; a job whose earlier attempt has not let go yet stays. */
  private next(): readonly string[] {
    const taken: string[] = [];
    const free = this.stopping ? 0 : this.settings.concurrency - this.slots.size;
    for (const id of this.waiting) {
      if (taken.length >= free) break;
      if (!this.slots.has(id)) taken.push(id);
    }
    taken.forEach((id) => this.waiting.delete(id));
    return taken;
  }

  private async begin(ids: readonly string[]): Promise<void> {
    try {
      const { records } = await this.store.read(ids);
      ids.forEach((id) => this.run(records.get(id)?.job));
    } catch (error) {
      await this.tryAgain(ids, error);
    }
  }

  private run(job: Job | undefined): void {
    const handler = job && this.handlers.handlerOf(job.jobType);
    if (!handler || this.stopping) return;
    const run = new JobRun(job, handler, this.publisher, this.files);
    const ended = run.run().catch((error: unknown) => this.tryAgain([job.id], error));
    this.slots.set(job.id, { run, ended: ended.finally(() => this.free(job.id)) });
  }

  private free(id: string): void {
    this.slots.delete(id);
    void this.fill();
  }

  /** A job that could not be started waits for the store; one that has ended by then is not run. */
  private async tryAgain(ids: readonly string[], error: unknown): Promise<void> {
    if (this.stopping) return;
    this.logger.error('A job could not be run; it is tried again.', error instanceof Error ? error.stack : error);
    await wait(RETRY_MS, undefined, { ref: false });
    ids.forEach((id) => this.waiting.add(id));
  }
}
