import { RefusalError, type Job, type JobFileResult } from '@harmonia/contract';
import { resultFile, safeFileName, type FileStore } from '@harmonia/job-engine';
import type { Readable } from 'node:stream';
import { mediaTypeOf } from './media-type.js';

/** The result of a job as a file to download. */
export interface Attachment {
  readonly fileName: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly content: Readable | Buffer;
}

/** Whether the job has come to a result that can be downloaded. */
export function hasResult({ status, result }: Job): boolean {
  return status === 'completed' && result !== null;
}

/**
 * The file that the job made; any other result as a JSON file of its own.
 *
 * @throws RefusalError `result-missing`
 */
export async function attachmentOf(job: Job, files: FileStore): Promise<Attachment> {
  if (!hasResult(job)) throw new RefusalError('result-missing');
  const file = resultFile(job);
  return file ? fileAttachment(file, files) : inlineAttachment(job);
}

async function fileAttachment({ outputPath, fileName, mediaType }: JobFileResult, files: FileStore): Promise<Attachment> {
  const file = await files.open(outputPath);
  if (!file) throw new RefusalError('result-missing');
  return { fileName: safeFileName(fileName), mediaType: mediaTypeOf(mediaType), bytes: file.bytes, content: file.stream };
}

function inlineAttachment({ id, result }: Job): Attachment {
  const content = Buffer.from(JSON.stringify(result, null, 2));
  return { fileName: `${id}.json`, mediaType: 'application/json', bytes: content.length, content };
}
