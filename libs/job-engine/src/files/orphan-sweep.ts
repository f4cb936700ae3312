import { isTerminal, type Job } from '@harmonia/contract';
import type { JobStore } from '../store/job-store.js';
import { isOfJobs, resultPrefix, uploadKey } from './file-key.js';
import type { FileStore } from './file-store.js';

const BATCH = 500;

/**
 * Removes what no job names: files that were never kept, uploads and results of unknown jobs, and results of attempts that
 * did not complete. Whatever else is kept there stays.
 *
 * @param olderThanMs what is younger stays, and so do the results of attempts that have not ended: other processes may be
 * at work. 0, the default: nothing is on its way
 */
export async function sweepOrphans(files: FileStore, store: Pick<JobStore, 'read'>, olderThanMs = 0): Promise<void> {
  await files.sweepStaged(olderThanMs);
  const isAlone = olderThanMs === 0;
  let batch: string[] = [];
  for await (const key of files.keys(olderThanMs)) {
    // the directory may be the host's, with files of its own
    if (!isOfJobs(key)) continue;
    batch.push(key);
    if (batch.length < BATCH) continue;
    await sweep(batch, files, store, isAlone);
    batch = [];
  }
  await sweep(batch, files, store, isAlone);
}

async function sweep(keys: readonly string[], files: FileStore, store: Pick<JobStore, 'read'>, isAlone: boolean): Promise<void> {
  const { records } = await store.read([...new Set(keys.flatMap((key) => jobIdOf(key) ?? []))]);
  for (const key of keys) {
    const job = records.get(jobIdOf(key) ?? '')?.job;
    if (!isNamed(key, job, isAlone)) await files.remove(isAlone ? directoryOf(key, job) : key);
  }
}

/** The directory that nothing else is in: of an unknown job all, of a known one the attempt. */
function directoryOf(key: string, job: Job | undefined): string {
  return key
    .split('/')
    .slice(0, job ? 3 : 2)
    .join('/');
}

function jobIdOf(key: string): string | undefined {
  return key.split('/')[1];
}

function isNamed(key: string, job: Job | undefined, isAlone: boolean): boolean {
  if (!job) return false;
  if (key === uploadKey(job.id)) return true;
  const [kind, , attempt] = key.split('/');
  // a store that was rolled back may learn of a later attempt yet
  if (!isAlone && !isTerminal(job.status)) return kind === 'results' && Number(attempt) >= job.attempt;
  return job.status === 'completed' && key.startsWith(`${resultPrefix(job.id, job.attempt)}/`);
}
