import { JobHandler, type JobRunner, type RunningJob, type RunReport } from '@harmonia/job-engine';
import { createHash } from 'node:crypto';
import { TextCount } from './text-count.js';
import { piecesOf, uploadOf } from './upload.js';

/** The result of `file-digest`. */
export interface FileDigest {
  readonly sha256: string;
  readonly bytes: number;
  readonly lines: number;
  readonly words: number;
}

/** `file-digest`: reads any file once, piece by piece. Progress counts bytes. */
@JobHandler('file-digest')
export class FileDigestHandler implements JobRunner {
  async run(job: RunningJob, report: RunReport): Promise<FileDigest> {
    const { name, file } = await uploadOf(job);
    const hash = createHash('sha256');
    const count = new TextCount();
    let bytes = 0;
    for await (const piece of piecesOf(file)) {
      hash.update(piece);
      count.add(piece);
      bytes += piece.length;
      await report.progress({ current: bytes, total: file.bytes, message: `Reading ${name}` });
    }
    return { sha256: hash.digest('hex'), bytes, lines: count.lines, words: count.words };
  }
}
