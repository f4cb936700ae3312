import { RefusalError, type JobFileResult, type ProgressInput, type ReportAnswer } from '@harmonia/contract';
import { addAbortSignal, type Readable } from 'node:stream';
import { setImmediate as nextTick } from 'node:timers/promises';
import { resultPrefix } from '../files/file-key.js';
import { safeFileName } from '../files/file-name.js';
import type { FileStore } from '../files/file-store.js';
import { progressReport } from '../publishing/host-input.js';
import { isJobUnknown, isRetryable } from '../publishing/is-retryable.js';
import type { JobReporter } from '../publishing/job-reporter.js';
import type { RunReport } from './job-handler.js';

/** The report of one attempt: what its handler says and keeps, until the attempt is over. */
export class AttemptReport implements RunReport {
  /** Whether a file was kept, which is garbage unless the attempt completes. */
  hasFiles = false;

  constructor(
    private readonly reporter: JobReporter,
    private readonly files: FileStore,
    private readonly attempt: AbortController,
  ) {}

  progress(input: ProgressInput, message?: string): Promise<void> {
    const said = this.say(input, message);
    // a handler that does not await it must not end the process when it rejects
    said.catch(() => undefined);
    return said;
  }

  async file(fileName: string, mediaType: string, source: Readable): Promise<JobFileResult> {
    const name = safeFileName(fileName);
    const outputPath = `${resultPrefix(this.reporter.id, this.reporter.attempt)}/${name}`;
    const bytes = await this.keep(outputPath, addAbortSignal(this.attempt.signal, source));
    return { outputPath, fileName: name, mediaType, bytes };
  }

  /** Says that the worker is there [R10]. */
  async heartbeat(): Promise<void> {
    await this.heed(this.reporter.heartbeat());
  }

  private async say(input: ProgressInput, message?: string): Promise<void> {
    this.attempt.signal.throwIfAborted();
    const report = progressReport(input, message);
    await this.heed(this.reporter.progress(report));
    // conflated reports are answered at once: a loop that awaits them would never let a cancellation in
    await nextTick();
    this.attempt.signal.throwIfAborted();
  }

  /** The next report says more, so that one which the store could not be told is not missed. */
  private async heed(said: Promise<ReportAnswer>): Promise<void> {
    try {
      this.obey(await said);
    } catch (error) {
      if (isJobUnknown(error)) this.attempt.abort();
      else if (!isRetryable(error)) throw error;
    }
  }

  private async keep(key: string, source: Readable): Promise<number> {
    try {
      const staged = await this.files.stage(source);
      this.hasFiles = true;
      await staged.keep(key);
      return staged.bytes;
    } catch (error) {
      // what went wrong in the source says more than that the source was cut off
      throw error instanceof RefusalError && error.code === 'file-cut-off' ? error.cause : error;
    }
  }

  /** A report that is not accepted tells that the attempt is over [R4]. */
  private obey(answer: ReportAnswer): void {
    const over = !answer.accepted && (answer.reason === 'latched' || answer.attempt !== this.reporter.attempt);
    if (over) this.attempt.abort();
  }
}
