import type { Job } from '@harmonia/contract';
import type { Contender } from '../contender.ts';

/** What no store can do without: find the job, copy it with what has changed, and put it where it can be found. */
export function mapFloor(jobs: readonly Job[]): Contender<readonly Job[]> {
  const kept = new Map(jobs.map((job) => [job.id, job]));
  return {
    told: (changes) => changes,
    take: (told) => {
      for (const { id, status, attempt, version, bodyVersion, progress, updatedAt, result } of told) {
        const job = kept.get(id);
        if (job) kept.set(id, { ...job, status, attempt, version, bodyVersion, progress, updatedAt, result });
      }
    },
    shown: () => [...kept.values()],
  };
}
