import type { Job } from '@harmonia/contract';
import type { Change, SeededJobs } from '../stream/seeded-jobs.ts';

/** A server under test, listening on loopback. */
export interface Served {
  readonly port: number;
  /** What happened to jobs, to be told to whoever watches them. */
  tell(changes: readonly Change[]): void;
  /** Tells a text to whoever watches all jobs, and does nothing else; left out where that is not measured. */
  write?(text: string): void;
  /** What a client of this server ends up showing of a job's progress; left out: the job's own. */
  shownProgress?(job: Job): Job['progress'];
}

/** Starts a server whose jobs are those of the stream. */
export type Serve = (stream: SeededJobs, options: ServeOptions) => Promise<Served>;

/** What a server is started with. */
export interface ServeOptions {
  /** What signs the tokens of clients. */
  readonly secret: string;
  /** Harmonia's alone: which frames are compressed for whoever can inflate them. */
  readonly compression: 'shared' | 'all' | 'none';
}
