import { applyDecorators, Injectable, SetMetadata, type Type } from '@nestjs/common';
import type { Job, JobFileResult, ProgressInput } from '@harmonia/contract';
import type { Readable } from 'node:stream';
import type { StoredFile } from '../files/file-store.js';

/** The job that a handler is to do, as it was when the attempt started. */
export type RunningJob<TypeOrInput = unknown, Result = unknown> = Job<TypeOrInput, Result> & {
  /** The uploaded file, to be read to its end or destroyed; ends the attempt with `file-missing` when there is none. */
  upload(): Promise<StoredFile>;
};

/** What a handler tells of its attempt while it works. Nothing here needs to be awaited for safety. */
export interface RunReport {
  /**
   * How far it has come [R5]: `{ current, total?, message? }`, or a bare number, which means percent. As often as you like:
   * at most 20 a second are committed. Awaiting it lets other work of the process go on, and rejects once the attempt has
   * been cancelled or when the numbers make no sense.
   */
  progress(input: ProgressInput, message?: string): Promise<void>;
  /**
   * Keeps a file as result of this attempt and answers what the handler returns then [R11]. The name is cleaned of what
   * file systems refuse.
   */
  file(fileName: string, mediaType: string, source: Readable): Promise<JobFileResult>;
}

/**
 * A class that does the jobs of one type. What `run` returns becomes the result: any JSON up to 64 KB, or the answer of
 * `report.file`. It is told by the signal to stop: when the job is cancelled, or the server stops and will start the job
 * anew.
 */
export interface JobRunner {
  /** Does one attempt of the job; what it throws fails it, with its own code only as a `JobFailedError`. */
  run(job: RunningJob, report: RunReport, signal: AbortSignal): unknown;
}

/** The metadata key under which a handler names its job type. */
export const JOB_HANDLER = 'harmonia:job-handler';

/**
 * Makes a class the handler of a job type. It is injectable, so it may ask for what its module provides; a handler that
 * needs services of a module is a provider of that module.
 *
 * @example
 * \@JobHandler('word-count')
 * class WordCount implements JobRunner {
 *   async run(job: RunningJob<{ text: string }>, report: RunReport) {
 *     await report.progress(50, 'Counting');
 *     return { words: job.input?.text.split(/\s+/).length ?? 0 };
 *   }
 * }
 */
export function JobHandler(jobType: string): (handler: Type<JobRunner>) => void {
  return applyDecorators(Injectable(), SetMetadata(JOB_HANDLER, jobType));
}
