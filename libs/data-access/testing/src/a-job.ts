import type { Job } from '@harmonia/contract';

const TIME = '2026-03-01T10:00:00.000Z';

/**
 * A job of Ada's right after it was created, changed as said.
 *
 * @example aJob({ id: 'may', status: 'processing', version: 2 })
 */
export function aJob(changes: Partial<Job> = {}): Job {
  return {
    id: 'job-1',
    userId: 'ada',
    jobType: 'simulate',
    status: 'queued',
    progress: null,
    attempt: 1,
    version: 1,
    bodyVersion: 1,
    createdAt: TIME,
    updatedAt: TIME,
    title: 'A job',
    tags: [],
    input: null,
    result: null,
    ...changes,
  };
}
