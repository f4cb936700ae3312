import type { Job } from '@harmonia/contract';
import type { Ended, SeededJobs } from '../stream/seeded-jobs.ts';
import type { Served } from './served.ts';

/** What a client has to end up with: how each job stands, and which attempts have ended. */
export interface Truth {
  /** By job id, see {@link shown}. */
  readonly jobs: ReadonlyMap<string, string>;
  readonly ended: readonly Ended[];
}

/** A plain fold of the stream. */
export function truthOf({ jobs, ended }: SeededJobs, served: Served | null): Truth {
  const standing = [...jobs.values()].map((job) => [job.id, shown(job.status, served?.shownProgress?.(job) ?? job.progress)] as const);
  return { jobs: new Map(standing), ended };
}

/** How a job stands, in one line. */
export function shown(status: Job['status'], progress: Job['progress']): string {
  if (!progress) return status;
  const { current, total, percentage, message } = progress;
  return [status, current, total ?? '-', percentage, message].join(' ');
}
