import type { INestApplicationContext } from '@nestjs/common';
import { isTerminal, type Job } from '@harmonia/contract';
import { JOB_STORE, JobPublisher, type JobStore } from '@harmonia/job-engine';
import type { RedisServer } from '@harmonia/test-processes';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HarmoniaBullmqOptions } from '../bullmq.options.js';
import { HANDLERS } from './handlers.fixture.js';
import { startNode, type NodeSettings } from './node.fixture.js';
import { WorkerProcess } from './worker-process.fixture.js';

/** A Redis, a process that hands jobs over (this one), and as many worker processes as a test wants. */
export class Rig {
  private workers: WorkerProcess[] = [];
  private readonly nodes: INestApplicationContext[];
  readonly store: JobStore;
  readonly publisher: JobPublisher;

  private constructor(
    readonly redis: RedisServer,
    readonly directory: string,
    private readonly settings: NodeSettings,
    node: INestApplicationContext,
  ) {
    this.nodes = [node];
    this.store = node.get<JobStore>(JOB_STORE);
    this.publisher = node.get(JobPublisher);
  }

  /** @param redis one that need not run yet */
  static async start(redis: RedisServer, bullmq: Partial<HarmoniaBullmqOptions> = {}): Promise<Rig> {
    const directory = await mkdtemp(join(tmpdir(), 'harmonia-bullmq-'));
    const settings = { url: redis.url, directory, bullmq };
    return new Rig(redis, directory, settings, await startNode(settings));
  }

  /** @param program another one than the worker of Harmonia's own */
  async worker(program?: string): Promise<WorkerProcess> {
    const worker = await WorkerProcess.start(this.settings, program);
    this.workers.push(worker);
    return worker;
  }

  /** A worker in this process. */
  async work(): Promise<void> {
    this.nodes.push(await startNode(this.settings, HANDLERS));
  }

  async killWorkers(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.end('SIGKILL')));
    this.workers = [];
  }

  async stop(): Promise<void> {
    await this.killWorkers();
    await Promise.all(this.nodes.map((node) => node.close()));
    await this.redis.remove();
    await rm(this.directory, { recursive: true, force: true });
  }

  create(jobType: string, input: unknown = null): Promise<Job> {
    return this.publisher.created({ userId: 'ann', jobType, input });
  }

  /** The job as soon as it fulfils the condition; waits for events, not for time. */
  async until(id: string, condition: (job: Job) => boolean): Promise<Job> {
    let heard = (): void => undefined;
    const unfollow = await this.store.follow(null, () => heard());
    try {
      for (;;) {
        const next = new Promise<void>((resolve) => (heard = resolve));
        const job = (await this.store.read([id])).records.get(id)?.job;
        if (job && condition(job)) return job;
        await next;
      }
    } finally {
      await unfollow();
    }
  }

  ended(id: string): Promise<Job> {
    return this.until(id, ({ status }) => isTerminal(status));
  }

  /** Its status changes: `queued 2 retrying`. */
  async told(id: string): Promise<string[]> {
    const changes = (await this.store.history(id)).filter(({ status, progress }) => status !== 'processing' || !progress);
    return changes.map(({ status, attempt, reason }) => [status, attempt, ...(reason ? [reason] : [])].join(' '));
  }
}
