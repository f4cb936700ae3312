import type { Job } from '@harmonia/contract';
import { EXTERNAL_JOB_TYPE, type JobDraft, type JobPublisher } from '@harmonia/job-engine';
import type { Job as BullJob, Processor } from 'bullmq';
import { createHash } from 'node:crypto';
import { LiveAttempt, type LiveTimes } from './live-attempt.js';

/** Of an id [R8]. */
const MOST_CHARACTERS = 128;
const IS_ASCII = /^[\x20-\x7e]*$/;

/** Whose a job of BullMQ is, and how it is shown. Its id is {@link LiveJobs.idOf} unless said otherwise. */
export type LiveJobDescription = Omit<JobDraft, 'jobType'>;

/**
 * Live jobs for an application that has BullMQ already: it keeps its queues, workers and processors, and its users see what
 * they do. A processor is wrapped, that is all; whatever is wrong with Harmonia or its store, it runs and ends as ever.
 *
 * What is wrapped is told as jobs of the type `external`: each start of the processor is an attempt, `job.updateProgress`
 * is progress, and `failed` means that BullMQ tries no more. A user who cancels stops the processor by its `signal`.
 *
 * @example
 * const live = new LiveJobs(publisher, ({ data, name }: Job<Invoice>) => ({ userId: data.userId, title: name }));
 * new Worker('invoices', live.processor(sendInvoice), { connection });
 */
export class LiveJobs<Data = unknown> {
  private readonly times: LiveTimes;

  /**
   * @param publisher of the engine: `app.get(JobPublisher)`
   * @param describe whose a job is, and its title; what it throws makes a job that is not shown
   * @param options `heartbeatMs`, by default 5000, and `patienceMs`, by default 10,000
   */
  constructor(
    private readonly publisher: JobPublisher,
    private readonly describe: (job: BullJob<Data>) => LiveJobDescription,
    options: Partial<LiveTimes> = {},
  ) {
    this.times = { heartbeatMs: 5000, patienceMs: 10_000, ...options };
  }

  /**
   * The id under which a job of BullMQ is watched: its queue, its own id, and when it was added, since ids may come again. What
   * is too long, or in letters that no id may have, is told apart by a hash at its end.
   */
  static idOf({ queueName, id = '', timestamp }: Pick<BullJob, 'queueName' | 'id' | 'timestamp'>): string {
    const name = `${queueName}.${timestamp.toString(36)}.${id}`;
    const plain = name.replace(/[^A-Za-z0-9_.-]/g, '_').replace(/^[^A-Za-z0-9]/, 'q');
    if (name.length <= MOST_CHARACTERS && IS_ASCII.test(name)) return plain;
    const hash = createHash('sha256').update(name).digest('hex').slice(0, 24);
    return `${plain.slice(0, MOST_CHARACTERS - hash.length - 1)}.${hash}`;
  }

  /**
   * Shows a job while it waits for a worker. Not needed: a job that was not announced is shown from its start.
   *
   * @example
   * const { id } = await live.queued(await queue.add('May', { userId: 'ada' }));
   */
  queued(job: BullJob<Data>): Promise<Job> {
    return this.publisher.created({ id: LiveJobs.idOf(job), ...this.describe(job), jobType: EXTERNAL_JOB_TYPE });
  }

  /** The same processor, whose jobs are live. */
  processor<Result>(process: Processor<Data, Result>): Processor<Data, Result> {
    // BullMQ counts the parameters: only with three it gives a signal
    return async (job, token, signal) => {
      const attempt = new LiveAttempt(this.publisher, job, () => this.queued(job), this.times);
      return attempt.run((cancelled) => process(job, token, signal ? AbortSignal.any([signal, cancelled]) : cancelled));
    };
  }
}
