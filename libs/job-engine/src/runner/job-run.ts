import { Logger } from '@nestjs/common';
import { isTerminal, REFUSALS, type Job, type ReportAnswer, type ReportedError } from '@harmonia/contract';
import { addAbortSignal, type Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { resultPrefix, uploadKey } from '../files/file-key.js';
import type { FileStore, StoredFile } from '../files/file-store.js';
import { isJobUnknown, isRetryable } from '../publishing/is-retryable.js';
import type { JobPublisher } from '../publishing/job-publisher.js';
import type { JobReporter } from '../publishing/job-reporter.js';
import { AttemptReport } from './attempt-report.js';
import { outcomeOfReturn, outcomeOfThrow, type HandlerOutcome } from './handler-outcome.js';
import { JobFailedError } from './job-failed-error.js';
import type { JobRunner, RunningJob } from './job-handler.js';

/** How long a result waits before it is told again to a store that cannot be reached. */
const RETRY_MS = 1000;

/**
 * How an attempt has ended here. `not-begun`: somebody else has it, or it is over; `stopped`: it was cancelled, followed by
 * another attempt, or handed back; `retrying`: it failed, and a new attempt is queued.
 */
export type RunEnd =
  { readonly kind: 'not-begun' | 'stopped' | 'completed' } | { readonly kind: 'failed' | 'retrying'; readonly error: ReportedError };

/** Asked of an attempt that failed unexpectedly, before that is told: whether a new attempt follows instead [R3]. */
export type WillRetry = (error: ReportedError) => boolean | Promise<boolean>;

/** What a {@link JobRun} works with. */
export interface JobRunTools {
  readonly publisher: JobPublisher;
  readonly files: FileStore;
  /** Default: never. */
  readonly retries?: WillRetry;
}

/** One attempt of a job in the hands of its handler. */
export class JobRun {
  private readonly logger = new Logger(JobRun.name);
  private readonly controller = new AbortController();
  private readonly uploads: Readable[] = [];
  private readonly reporter: JobReporter;
  private readonly report: AttemptReport;
  private state: 'claiming' | 'running' | 'settling' | 'over' = 'claiming';
  /** What is heard of older versions is no news; those of another epoch count anew. */
  private heardVersion: number;

  constructor(
    private readonly job: Job,
    private readonly handler: JobRunner,
    private readonly tools: JobRunTools,
  ) {
    this.heardVersion = job.version;
    this.reporter = tools.publisher.reporter(job);
    this.report = new AttemptReport(this.reporter, tools.files, this.controller);
  }

  /** Runs the attempt to its end; rejects when it could not even be started. */
  async run(): Promise<RunEnd> {
    const started = await this.reporter.started();
    if (!started.accepted) return { kind: 'not-begun' };
    this.state = 'running';
    const end = await this.settle(await this.outcome());
    if (end.kind !== 'completed' && this.report.hasFiles) await this.discardFiles();
    return end;
  }

  /** Hears where the job stands, null when it is gone: an attempt that has ended or was followed by another is told to stop. */
  hear(job: Job | null, version: number): void {
    if (version <= this.heardVersion || (this.state !== 'claiming' && this.state !== 'running')) return;
    this.heardVersion = version;
    const { attempt } = this.job;
    // after the store was rolled back it may know an earlier attempt, until it is told of this one [F5]
    if (!job || job.attempt > attempt || (job.attempt === attempt && isTerminal(job.status))) this.stop();
  }

  /** Says that versions count anew from here on [R7]. */
  beginEpoch(): void {
    this.heardVersion = 0;
  }

  /**
   * Hears that the store does not know the job. It was removed if the store knew it in this epoch; otherwise it was forgotten
   * with the epoch before, and the reports of the attempt bring it back [F5].
   */
  hearUnknown(): void {
    if (this.heardVersion > 0) this.hear(null, Infinity);
  }

  /** Tells the handler to stop. What it returns or throws from now on counts no more. */
  stop(): void {
    this.controller.abort();
  }

  /** Says that the worker is there [R10]. */
  async heartbeat(): Promise<void> {
    if (this.state === 'running') await this.report.heartbeat();
  }

  /** Hands the job back, to be started anew [R3]; that is no failure, and does not count as a restart. */
  async handBack(): Promise<void> {
    if (this.state === 'claiming' || this.state === 'over') return;
    await this.requeue('interrupted');
  }

  private async requeue(reason: 'interrupted' | 'retrying'): Promise<void> {
    const { id, attempt } = this.job;
    await this.tools.publisher.commit({ kind: 'requeued', id, attempt, reason });
  }

  private async outcome(): Promise<HandlerOutcome> {
    try {
      this.controller.signal.throwIfAborted();
      return outcomeOfReturn(await this.handler.run(this.runningJob(), this.report, this.controller.signal));
    } catch (error) {
      return outcomeOfThrow(error);
    } finally {
      this.uploads.forEach((stream) => stream.destroy());
    }
  }

  /** How the attempt may have ended: what the store could not be told is told again. */
  private async settle(outcome: HandlerOutcome): Promise<RunEnd> {
    if (this.controller.signal.aborted) return { kind: 'stopped' };
    this.state = 'settling';
    if (outcome.kind === 'failed' && 'cause' in outcome) this.logFailure(outcome.cause);
    const end = await this.endOf(outcome);
    for (let tries = 1; ; tries++) {
      try {
        const isTold = await this.tell(outcome, end);
        this.state = 'over';
        return isTold || tries > 1 ? end : { kind: 'stopped' };
      } catch (error) {
        if (isJobUnknown(error)) return { kind: 'stopped' };
        if (!isRetryable(error)) throw error;
        await wait(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  private async endOf(outcome: HandlerOutcome): Promise<RunEnd> {
    if (outcome.kind === 'completed') return { kind: 'completed' };
    const { error } = outcome;
    const retries = 'cause' in outcome && (await this.tools.retries?.(error));
    return { kind: retries ? 'retrying' : 'failed', error };
  }

  /** Whether it was the news that it should be. */
  private async tell(outcome: HandlerOutcome, { kind }: RunEnd): Promise<boolean> {
    if (kind === 'retrying') {
      await this.requeue('retrying');
      return true;
    }
    const answer: ReportAnswer = await (outcome.kind === 'completed'
      ? this.reporter.completed(outcome.result)
      : this.reporter.failed(outcome.error));
    return answer.accepted;
  }

  private runningJob(): RunningJob {
    return { ...this.job, upload: () => this.upload() };
  }

  private async upload(): Promise<StoredFile> {
    const file = await this.tools.files.open(uploadKey(this.job.id));
    if (!file) throw new JobFailedError('file-missing', REFUSALS['file-missing'].cure);
    this.uploads.push(addAbortSignal(this.controller.signal, file.stream));
    return file;
  }

  private async discardFiles(): Promise<void> {
    await this.tools.files.remove(resultPrefix(this.job.id, this.job.attempt));
  }

  private logFailure(cause: unknown): void {
    const { id, jobType, attempt } = this.job;
    this.logger.error(
      `The handler of "${jobType}" failed with job ${id}, attempt ${attempt}.`,
      cause instanceof Error ? cause.stack : cause,
    );
  }
}
