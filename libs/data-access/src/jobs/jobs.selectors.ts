import type { Job, JobProgress } from '@harmonia/contract';
import { createSelector, type MemoizedSelector } from '@ngrx/store';
import { harmoniaFeature } from '../harmonia.feature';
import { rowOf } from './bucket-table';
import { joinJob } from './job-entity';
import { jobAdapter } from './jobs.reducer';

/**
 * How things stand with the gateway [C6].
 *
 * @example readonly connection = inject(Store).selectSignal(selectConnection);
 */
export const selectConnection = harmoniaFeature.selectConnection;

const { selectRecords } = harmoniaFeature;
const { selectAll } = jobAdapter.getSelectors(selectRecords);

/**
 * Every job that is known, newest first. The entities have no progress, so this does not rebuild on progress [C10].
 *
 * @example readonly jobs = inject(Store).selectSignal(selectAllJobs);
 */
export const selectAllJobs = selectAll;

const selectUserId = createSelector(selectRecords, ({ userId }) => userId);

/** The signed-in user's own jobs, newest first [C10]. */
export const selectUserJobs = createSelector(selectAllJobs, selectUserId, (jobs, userId) => jobs.filter((job) => job.userId === userId));

/** Whether the user's list has been told of completely: before that, an empty list says nothing. */
export const selectUserListLoaded = createSelector(selectRecords, ({ userList }) => userList?.complete ?? false);

const selectEntity = (id: string) => createSelector(selectRecords, ({ entities }) => entities[id] ?? null);

const selectPulse = (id: string) => createSelector(selectRecords, ({ pulses }) => rowOf(pulses, id));

/**
 * One job, its often changing part included; null while it is not known. Call it once and keep the selector: it remembers
 * its last answer, and changes of other jobs leave that as it is.
 *
 * @example readonly job = inject(Store).selectSignal(selectJobById('job-1'));
 */
export const selectJobById = (id: string): MemoizedSelector<object, Job | null> =>
  createSelector(selectEntity(id), selectPulse(id), (entity, pulse) => (entity && pulse ? joinJob(entity, pulse) : null));

/**
 * How far one job has come; null while that is not known.
 *
 * @example readonly progress = inject(Store).selectSignal(selectJobProgress('job-1'));
 */
export const selectJobProgress = (id: string): MemoizedSelector<object, JobProgress | null> =>
  createSelector(selectPulse(id), (pulse) => pulse?.progress ?? null);

/** Whether a job is gone, or not the user's to see [C2, S4]. */
export const selectJobAbsent = (id: string): MemoizedSelector<object, boolean> =>
  createSelector(selectRecords, ({ tombstones }) => id in tombstones);
