import type { Job, JobState } from './job.js';

/** A light state, with what a test changes of it. */
export const stateOf = (changes: Partial<JobState> = {}): JobState => ({
  id: 'job-1',
  userId: 'u1',
  jobType: 'simulate',
  status: 'processing',
  progress: { current: 1, total: 4, percentage: 25, message: 'Step 1' },
  attempt: 1,
  version: 3,
  bodyVersion: 1,
  createdAt: '2026-11-21T07:00:00.000Z',
  updatedAt: '2026-11-21T07:00:01.000Z',
  ...changes,
});

/** A whole job, with what a test changes of it. */
export const jobOf = (changes: Partial<Job> = {}): Job => ({
  ...stateOf(),
  title: 'One',
  tags: ['a'],
  input: { steps: 4 },
  result: null,
  ...changes,
});
