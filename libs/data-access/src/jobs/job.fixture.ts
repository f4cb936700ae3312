import type { Job, JobState } from '@harmonia/contract';
import { aJob } from '../../testing/src/a-job';
import type { JobFrame, SyncOutcome } from './job-frame';
import * as segments from './job-segments';
import type { JobRecords } from './jobs.reducer';
import { receivedJob, type ReceivedJob } from './received-job';

export { aJob };

/** A job without its body, as most events bring it. */
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

/** The jobs that are known, newest first. */
export const idsIn = ({ all }: JobRecords): readonly string[] => all.map(({ id }) => id);

/** One job as it is known; null when it is not. */
export const jobIn = (records: JobRecords, id = 'job-1'): Job | null => segments.jobIn(records, id);
