import { Logger } from '@nestjs/common';
import { isTerminal, REFUSALS, type Job, type ReportAnswer } from '@harmonia/contract';
import { addAbortSignal, type Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { resultPrefix, uploadKey } from '../files/file-key.js';
import type { FileStore, StoredFile } from '../files/file-store.js';
import type { JobPublisher } from '../publishing/job-publisher.js';
import type { JobReporter } from '../publishing/job-reporter.js';
import { AttemptReport } from './attempt-report.js';
import { outcomeOfReturn, outcomeOfThrow, type HandlerOutcome } from './handler-outcome.js';
import { isRetryable } from './is-retryable.js';
import { JobFailedError } from './job-failed-error.js';
import type { JobRunner, RunningJob } from './job-handler.js';

/** How long a result waits before it is told again to a store that cannot be reached. */
const RETRY_MS = 1000;

/** One attempt of a job in the hands of its handler. */
export class JobRun {
  private readonly logger = new Logger(JobRun.name);
  private readonly controller = new AbortController();
  private readonly uploads: Readable[] = [];
  private readonly reporter: JobReporter;
  private readonly report: AttemptReport;
  private state: 'claiming' | 'running' | 'settling' | 'over' = 'claiming';

  constructor(
    private readonly job: Job,
    private readonly handler: JobRunner,
    private readonly publisher: JobPublisher,
    private readonly files: FileStore,
  ) {
    this.reporter = publisher.reporter(job);
    this.report = new AttemptReport(this.reporter, files, this.controller);
  }

  /** Runs the attempt to its end; rejects when it could not even be started. */
  async run(): Promise<void> {
    const started = await this.reporter.started();
    if (!started.accepted) return;
    this.state = 'running';
    const completed = await this.settle(await this.outcome());
    if (!completed && this.report.hasFiles) await this.discardFiles();
  }

  /** Hears where the job stands, null when it is gone: an attempt that has ended or was followed by another is told to stop. */
  hear(job: Job | null, version: number): void {
    const isNews = version > this.job.version && (this.state === 'claiming' || this.state === 'running');
    if (isNews && (!job || isTerminal(job.status) || job.attempt !== this.job.attempt)) this.stop();
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
    const { id, attempt } = this.job;
    await this.publisher.commit({ kind: 'requeued', id, attempt, reason: 'interrupted' });
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

  /** Whether the attempt may have completed: a result that the store could not be told is told again. */
  private async settle(outcome: HandlerOutcome): Promise<boolean> {
    if (this.controller.signal.aborted) return false;
    this.state = 'settling';
    if (outcome.kind === 'failed' && outcome.cause !== undefined) this.logFailure(outcome.cause);
    for (let tries = 1; ; tries++) {
      try {
        const { accepted } = await this.tell(outcome);
        this.state = 'over';
        return outcome.kind === 'completed' && (accepted || tries > 1);
      } catch (error) {
        if (!isRetryable(error)) throw error;
        await wait(RETRY_MS, undefined, { ref: false });
      }
    }
  }

  private tell(outcome: HandlerOutcome): Promise<ReportAnswer> {
    return outcome.kind === 'completed' ? this.reporter.completed(outcome.result) : this.reporter.failed(outcome.error);
  }

  private runningJob(): RunningJob {
    return { ...this.job, upload: () => this.upload() };
  }

  private async upload(): Promise<StoredFile> {
    const file = await this.files.open(uploadKey(this.job.id));
    if (!file) throw new JobFailedError('file-missing', REFUSALS['file-missing'].cure);
    this.uploads.push(addAbortSignal(this.controller.signal, file.stream));
    return file;
  }

  private async discardFiles(): Promise<void> {
    await this.files.remove(resultPrefix(this.job.id, this.job.attempt));
  }

  private logFailure(cause: unknown): void {
    const { id, jobType, attempt } = this.job;
    this.logger.error(
      `The handler of "${jobType}" failed with job ${id}, attempt ${attempt}.`,
      cause instanceof Error ? cause.stack : cause,
    );
  }
}
