import type { JobStatus } from '@harmonia/contract';
import type { JobEntity } from './job-entity';

/** Which jobs to show; everything left out, and a text that is empty, does not narrow. */
export interface JobFilter {
  readonly status?: JobStatus | readonly JobStatus[];
  readonly type?: string;
  readonly tag?: string;
  /** Found in id or title, without regard to case. */
  readonly text?: string;
}

/** The jobs that pass, in their order; the same array where nothing narrows. */
export function filteredJobs(jobs: readonly JobEntity[], { status, type, tag, text }: JobFilter): readonly JobEntity[] {
  const statuses: readonly JobStatus[] = status === undefined ? [] : [status].flat();
  const words = text?.trim().toLowerCase() ?? '';
  if (statuses.length === 0 && type === undefined && tag === undefined && words === '') return jobs;
  return jobs.filter(
    (job) =>
      (statuses.length === 0 || statuses.includes(job.status)) &&
      (type === undefined || job.jobType === type) &&
      (tag === undefined || job.tags.includes(tag)) &&
      (job.id.toLowerCase().includes(words) || (job.title ?? '').toLowerCase().includes(words)),
  );
}
