import { JobFailedError, type RunningJob, type StoredFile } from '@harmonia/job-engine';
import * as v from 'valibot';

const UploadInputSchema = v.object({ file: v.object({ name: v.string() }) });

/** An uploaded file and the name it had. */
export interface Upload {
  readonly name: string;
  readonly file: StoredFile;
}

/**
 * The file that a job was created with.
 *
 * @throws JobFailedError `file-missing` when the job was created without one
 */
export async function uploadOf(job: RunningJob): Promise<Upload> {
  const input = v.safeParse(UploadInputSchema, job.input);
  if (!input.success) throw new JobFailedError('file-missing', 'This kind of job works on a file: create it with a multipart upload.');
  return { name: input.output.file.name, file: await job.upload() };
}

/** The bytes of a stored file as they come; the engine closes the stream when the attempt is over. */
export async function* piecesOf({ stream }: StoredFile): AsyncGenerator<Uint8Array> {
  const pieces: AsyncIterable<unknown> = stream;
  for await (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) throw new TypeError('A stored file is a stream of bytes.');
    yield piece;
  }
}
