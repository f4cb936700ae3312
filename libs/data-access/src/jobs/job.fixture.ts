import type { Job, JobState } from '@harmonia/contract';
import type { JobFrame, SyncOutcome } from './job-frame';
import { receivedJob, type ReceivedJob } from './received-job';

const TIME = '2026-03-01T10:00:00.000Z';

/** A job as it is right after it was created, changed as said. */
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

/** The same without its body, as most events bring it. */
export function aState(changes: Partial<JobState> = {}): ReceivedJob {
  return { ...receivedJob(aJob(changes)), body: null };
}

/** Progress at so many percent. */
export const atPercent = (percentage: number, message = '') => ({ current: percentage, total: 100, percentage, message });

/** What a sync says besides, when it has nothing special to say. */
export const anOutcome = (changes: Partial<SyncOutcome> = {}): SyncOutcome => ({ named: [], introduced: [], userList: null, ...changes });

/** A frame that brings these whole jobs, changed as said. */
export function aFrame(jobs: readonly Job[], changes: Partial<JobFrame> = {}): JobFrame {
  return { epoch: 'epoch-1', jobs: jobs.map(receivedJob), removed: [], sync: null, ...changes };
}
