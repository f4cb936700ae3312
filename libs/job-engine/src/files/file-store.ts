import type { Readable } from 'node:stream';

/** What is checked while a file is staged. */
export interface FileLimits {
  /** More bytes are refused with `file-too-large`; no limit when left out. */
  readonly maxBytes?: number;
  /** `false` refuses a file without a byte with `file-empty`; default `true`. */
  readonly allowEmpty?: boolean;
}

/** A file that has arrived whole and lies safely on disk, but has no name yet: keep it or discard it. */
export interface StagedFile {
  readonly bytes: number;
  /** Gives the file its key, in one step; what had that key before is replaced. */
  keep(key: string): Promise<void>;
  /** Fine when it was kept or discarded before. */
  discard(): Promise<void>;
}

/** A file to read. Whoever asked for it reads the stream to its end or destroys it. */
export interface StoredFile {
  readonly bytes: number;
  readonly stream: Readable;
}

/**
 * Where uploads and results are kept. A key is two or more segments joined by "/", such as `uploads/{jobId}` and
 * `results/{jobId}/{attempt}/{fileName}`; see {@link isFileKey}.
 */
export interface FileStore {
  /**
   * Takes a stream to its end. Refused, with nothing left behind: `file-too-large` (and reading stops), `file-empty`, and
   * `file-cut-off` when the source failed or was closed early. An error of the source is heard from the moment of the call.
   */
  stage(source: Readable, limits?: FileLimits): Promise<StagedFile>;
  /** Null when there is no such file, also when the key is none. */
  open(key: string): Promise<StoredFile | null>;
  /** Removes the file with this key, or all whose keys start with it and "/"; fine when there are none. */
  remove(prefix: string): Promise<void>;
  /** Every key, in no particular order; those alone whose file was written so long ago, when that is given (ms). */
  keys(olderThanMs?: number): AsyncIterable<string>;
  /**
   * Removes what other processes staged and neither kept nor discarded. Where some of them may live, `olderThanMs` spares
   * what they have written to since; default 0: they are of the past.
   */
  sweepStaged(olderThanMs?: number): Promise<void>;
}
