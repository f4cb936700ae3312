import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Job } from '@harmonia/contract';
import { FILE_STORE, JOB_STORE } from '../job-engine.tokens.js';
import type { JobEventBatch } from '../store/job-event.js';
import type { JobStore, Unfollow } from '../store/job-store.js';
import { resultPrefix, uploadKey } from './file-key.js';
import type { FileStore } from './file-store.js';

const BATCH = 500;

/** Keeps files and jobs together: no file outlives its job. */
@Injectable()
export class JobFiles {
  private readonly logger = new Logger(JobFiles.name);
  private readonly removals = new Map<string, Promise<void>>();
  private unfollow: Unfollow = () => Promise.resolve();

  constructor(
    @Inject(FILE_STORE) private readonly files: FileStore,
    @Inject(JOB_STORE) private readonly store: JobStore,
  ) {}

  /** Sweeps what an earlier process left behind, and from now on removes the files of removed jobs. */
  async start(): Promise<void> {
    await sweepOrphans(this.files, this.store);
    this.unfollow = await this.store.follow(null, (batch) => this.hear(batch));
  }

  /**
   * When the files of a removed job with this id are gone. Whoever creates it anew with an upload waits for that before the
   * file gets its place, or the removal would take the new file for the old one.
   */
  removalOf(id: string): Promise<void> {
    return this.removals.get(id) ?? Promise.resolve();
  }

  async stop(): Promise<void> {
    await this.unfollow();
    await Promise.all(this.removals.values());
  }

  private hear({ events }: JobEventBatch): void {
    for (const event of events) {
      if (event.kind !== 'removed') continue;
      const removal = this.removalOf(event.id).then(() => this.remove(event.id));
      this.removals.set(event.id, removal);
      void removal.finally(() => this.removals.get(event.id) === removal && this.removals.delete(event.id));
    }
  }

  /** Not when the job was created anew meanwhile. What fails is logged, and swept at the next start. */
  private async remove(id: string): Promise<void> {
    try {
      const { records } = await this.store.read([id]);
      if (records.has(id)) return;
      await Promise.all([this.files.remove(uploadKey(id)), this.files.remove(resultPrefix(id))]);
    } catch (error) {
      this.logger.error(`The files of job ${id} could not be removed.`, error instanceof Error ? error.stack : error);
    }
  }
}

/**
 * Removes what no job names: files that were never kept, uploads and results of unknown jobs, and results of attempts that
 * did not complete. Only at the start, when nothing is on its way.
 */
export async function sweepOrphans(files: FileStore, store: Pick<JobStore, 'read'>): Promise<void> {
  await files.sweepStaged();
  let batch: string[] = [];
  for await (const key of files.keys()) {
    batch.push(key);
    if (batch.length < BATCH) continue;
    await sweep(batch, files, store);
    batch = [];
  }
  await sweep(batch, files, store);
}

async function sweep(keys: readonly string[], files: FileStore, store: Pick<JobStore, 'read'>): Promise<void> {
  const { records } = await store.read([...new Set(keys.flatMap((key) => jobIdOf(key) ?? []))]);
  for (const key of keys) {
    const job = records.get(jobIdOf(key) ?? '')?.job;
    // with the directory that nothing else is in: of an unknown job all, of a known one the attempt
    if (!isNamed(key, job))
      await files.remove(
        key
          .split('/')
          .slice(0, job ? 3 : 2)
          .join('/'),
      );
  }
}

function jobIdOf(key: string): string | undefined {
  return key.split('/')[1];
}

function isNamed(key: string, job: Job | undefined): boolean {
  if (!job) return false;
  return key === uploadKey(job.id) || (job.status === 'completed' && key.startsWith(`${resultPrefix(job.id, job.attempt)}/`));
}
