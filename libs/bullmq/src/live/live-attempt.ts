import { Logger } from '@nestjs/common';
import { jobFailure, ProgressReportSchema, RefusalError, type Job, type ReportAnswer } from '@harmonia/contract';
import { JobFailedError, type JobPublisher, type JobReporter } from '@harmonia/job-engine';
import { UnrecoverableError, type Job as BullJob } from 'bullmq';
import { setTimeout as wait } from 'node:timers/promises';
import * as v from 'valibot';
import { fateOf } from './fate.js';

const RETRY_MS = 250;

/** How patient a {@link LiveAttempt} is. */
export interface LiveTimes {
  /** How often the store hears that the worker is there, and the worker that its job was cancelled, in ms. */
  readonly heartbeatMs: number;
  /** How long BullMQ waits until a store that is away was told of an end, in ms. */
  readonly patienceMs: number;
}

/** One start of a host's processor, told to Harmonia from inside the worker. */
export class LiveAttempt {
  private readonly logger = new Logger('LiveJobs');
  private readonly cancelled = new AbortController();
  private reporter: Promise<JobReporter | null> | null = null;
  /** Whether it is of no use to say any more of it. */
  private isMute = false;

  /** @param queued creates the job, or answers the one that is there */
  constructor(
    private readonly publisher: JobPublisher,
    private readonly job: BullJob,
    private readonly queued: () => Promise<Job>,
    private readonly times: LiveTimes,
  ) {}

  /** Runs the processor to its end, which is answered or thrown as it is; what was cancelled is not tried again. */
  async run<Result>(process: (cancelled: AbortSignal) => Promise<Result>): Promise<Result> {
    await this.tell((reporter) => reporter.heartbeat());
    this.stopIfCancelled();
    this.listenToProgress();
    const pulse = setInterval(() => void this.tell((reporter) => reporter.heartbeat()), this.times.heartbeatMs).unref();
    try {
      const result = await process(this.cancelled.signal);
      await this.tellEnd((reporter) => completed(reporter, result));
      return result;
    } catch (error) {
      await this.tellFailure(error);
      this.stopIfCancelled();
      throw error;
    } finally {
      clearInterval(pulse);
    }
  }

  private stopIfCancelled(): void {
    if (this.cancelled.signal.aborted) throw new UnrecoverableError('This job was cancelled.');
  }

  /** `job.updateProgress` does what it did, and is told too. */
  private listenToProgress(): void {
    const update = this.job.updateProgress.bind(this.job);
    this.job.updateProgress = async (value) => {
      const progress = v.safeParse(ProgressReportSchema, value);
      if (progress.success) void this.tell((reporter) => reporter.progress(progress.output));
      await update(value);
    };
  }

  private async tellFailure(error: unknown): Promise<void> {
    const fate = fateOf(this.job, error);
    if (fate === 'failed') return this.tellEnd((reporter) => reporter.failed(reportedError(error)));
    const reason = fate === 'retried' ? 'retrying' : 'interrupted';
    await this.tellEnd(({ id, attempt }) => this.publisher.commit({ kind: 'requeued', id, attempt, reason }));
  }

  /** Waits a while for a store that is away. Never rejects. */
  private async tellEnd(say: (reporter: JobReporter) => Promise<unknown>): Promise<void> {
    const until = performance.now() + this.times.patienceMs;
    while (!(await this.tell(say)) && performance.now() < until) await wait(RETRY_MS);
  }

  /** Whether it was told, or nobody wants to hear it. Never rejects: the work of the host goes on, whatever happens here. */
  private async tell(say: (reporter: JobReporter) => Promise<unknown>): Promise<boolean> {
    if (this.isMute) return true;
    try {
      const begun = (this.reporter ??= this.begin());
      const reporter = await begun;
      if (!reporter || !isRefusal(await say(reporter))) return true;
      // of several that are refused, the first finds out why
      if (this.reporter === begun) this.reporter = this.goOn(reporter, begun);
    } catch (error) {
      if (error instanceof RefusalError && error.code === 'unavailable') return false;
      this.isMute = true;
      this.logger.warn(`Job ${String(this.job.id)} of "${this.job.queueName}" is not live. ${String(error)}`);
      return true;
    }
    return this.tell(say);
  }

  /** Begins an attempt; null when the job has ended for good. */
  private async begin(): Promise<JobReporter | null> {
    try {
      const reporter = this.publisher.reporter(await this.nextAttempt(await this.queued()));
      const { accepted } = await reporter.started();
      this.isMute = !accepted;
      return accepted ? reporter : null;
    } catch (error) {
      this.reporter = null;
      throw error;
    }
  }

  /** What BullMQ starts again has failed, or was lost with its worker. */
  private async nextAttempt(job: Job): Promise<Job> {
    if (job.status === 'cancelled') this.cancelled.abort();
    if (job.status === 'failed') return this.publisher.retried(job.id);
    return job.status === 'processing' ? this.publisher.requeued(job.id, 'interrupted') : job;
  }

  /**
   * After a refusal: the job was cancelled, or another worker has it, and then the processor is told to stop [R4]. One that was
   * silent for so long that it counted as lost goes on [R10], by a new attempt. What has ended otherwise is left as it is.
   */
  private async goOn({ attempt }: JobReporter, begun: Promise<JobReporter | null>): Promise<JobReporter | null> {
    try {
      const job = await this.queued();
      if (job.status === 'queued' || jobFailure(job)?.code === 'worker-lost') return await this.begin();
      this.isMute = true;
      if (job.status === 'cancelled' || job.attempt !== attempt) this.cancelled.abort();
      return null;
    } catch (error) {
      // it is refused again when it is said again
      this.reporter = begun;
      throw error;
    }
  }
}

function isRefusal(answer: unknown): answer is Extract<ReportAnswer, { accepted: false }> {
  return typeof answer === 'object' && answer !== null && 'accepted' in answer && answer.accepted === false;
}

/** A result that is no JSON of at most 64 KB stays in BullMQ alone. */
async function completed(reporter: JobReporter, result: unknown): Promise<ReportAnswer> {
  try {
    return await reporter.completed(result ?? null);
  } catch (error) {
    if (!(error instanceof RefusalError) || error.code !== 'payload-invalid') throw error;
    return reporter.completed(null);
  }
}

/** Messages of other errors may hold secrets. */
function reportedError(error: unknown) {
  if (error instanceof JobFailedError) return { code: error.code, message: error.message.slice(0, 2000) };
  return { code: 'handler-failed', message: 'The work on this job failed unexpectedly. The log of the worker says more.' };
}
