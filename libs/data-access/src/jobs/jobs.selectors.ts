import { isTerminal, type Job, type JobProgress, type JobStatus } from '@harmonia/contract';
import { createSelector, type MemoizedSelector } from '@ngrx/store';
import { selectCommands, selectRecords } from '../harmonia.feature';
import { rowOf } from './bucket-table';
import { foreseen, foreseenJob } from './foreseen';
import type { CommandRefusal, JobCommand } from './job-commands.actions';
import { refusalOf } from './job-commands.reducer';
import type { JobEntity } from './job-entity';
import { entityIn } from './job-segments';
import { remembered } from './remembered';

const selectAll = createSelector(selectRecords, ({ all }) => all);

const selectPending = createSelector(selectCommands, ({ pending }) => pending);

/**
 * Every job that is known, newest first, with commands under way taken as done. The entities have no progress, so this does
 * not rebuild on progress [C10].
 *
 * @example readonly jobs = inject(Store).selectSignal(selectAllJobs);
 */
export const selectAllJobs: MemoizedSelector<object, JobEntity[]> = createSelector(selectAll, selectPending, (jobs, pending) =>
  Object.keys(pending).length === 0 ? jobs : jobs.map((job) => foreseen(job, pending[job.id])),
);

/** Whose jobs these are: the signed-in user. */
export const selectUserId = createSelector(selectRecords, ({ userId }) => userId);

/**
 * The signed-in user's own jobs, newest first [C10].
 *
 * @example readonly mine = inject(Store).selectSignal(selectUserJobs);
 */
export const selectUserJobs = createSelector(selectAllJobs, selectUserId, (jobs, userId) => jobs.filter((job) => job.userId === userId));

/** Whether the user's list has been told of completely: before that, an empty list says nothing. */
export const selectUserListLoaded = createSelector(selectRecords, ({ userList }) => userList?.complete ?? false);

/** How many jobs there are: of each status, `active` (not ended) and in `total`. */
export type JobCounts = Readonly<Record<JobStatus | 'active' | 'total', number>>;

/**
 * How many jobs are known; stays as it is on progress [C10].
 *
 * @example readonly counts = inject(Store).selectSignal(selectJobCounts); // counts().failed
 */
export const selectJobCounts: MemoizedSelector<object, JobCounts> = createSelector(selectAllJobs, (jobs) => {
  const counts = { queued: 0, processing: 0, completed: 0, failed: 0, cancelled: 0, active: 0, total: jobs.length };
  for (const { status } of jobs) {
    counts[status]++;
    if (!isTerminal(status)) counts.active++;
  }
  return counts;
});

/** A selector of those jobs that pass, newest first; one per argument. */
const selectJobsWhere = (passes: (job: JobEntity, argument: string) => boolean) =>
  remembered((argument) => createSelector(selectAllJobs, (jobs) => jobs.filter((job) => passes(job, argument))));

/**
 * The known jobs in one status, newest first; stays as it is on progress [C10].
 *
 * @example readonly failed = inject(Store).selectSignal(selectJobsByStatus('failed'));
 */
export const selectJobsByStatus: (status: JobStatus) => MemoizedSelector<object, JobEntity[]> = selectJobsWhere(
  (job, status) => job.status === status,
);

/**
 * The known jobs with one tag, newest first; stays as it is on progress [C10].
 *
 * @example readonly urgent = inject(Store).selectSignal(selectJobsByTag('urgent'));
 */
export const selectJobsByTag: (tag: string) => MemoizedSelector<object, JobEntity[]> = selectJobsWhere((job, tag) =>
  job.tags.includes(tag),
);

/**
 * The known jobs of one type, newest first; stays as it is on progress [C10].
 *
 * @example readonly notes = inject(Store).selectSignal(selectJobsByType('pdf-notes'));
 */
export const selectJobsByType: (type: string) => MemoizedSelector<object, JobEntity[]> = selectJobsWhere(
  (job, type) => job.jobType === type,
);

const selectRow = remembered((id) => createSelector(selectRecords, ({ rows }) => rowOf(rows, id)));

const selectEntity = remembered((id) => createSelector(selectRecords, (records) => entityIn(records, id)));

const selectPendingOf = remembered((id) => createSelector(selectPending, (pending) => pending[id]));

/**
 * One job, its often changing part included; null while it is not known. It remembers its last answer, one selector
 * per id; changes of other jobs leave that as it is.
 *
 * @example readonly job = inject(Store).selectSignal(selectJobById('job-1'));
 */
export const selectJobById: (id: string) => MemoizedSelector<object, Job | null> = remembered((id) =>
  createSelector(selectRow(id), selectEntity(id), selectPendingOf(id), foreseenJob),
);

/**
 * How far one job has come; null while that is not known.
 *
 * @example readonly progress = inject(Store).selectSignal(selectJobProgress('job-1'));
 */
export const selectJobProgress: (id: string) => MemoizedSelector<object, JobProgress | null> = remembered((id) =>
  createSelector(selectJobById(id), (job) => job?.progress ?? null),
);

/**
 * The command of a job that is under way; null when there is none [C10].
 *
 * @example readonly pending = inject(Store).selectSignal(selectPendingCommand('job-1')); // 'cancel'
 */
export const selectPendingCommand: (id: string) => MemoizedSelector<object, JobCommand | null> = remembered((id) =>
  createSelector(selectPendingOf(id), (issued) => issued?.command ?? null),
);

/**
 * Why the last command of a job was refused; null when it was not, and while another one is under way.
 *
 * @example readonly refused = inject(Store).selectSignal(selectCommandRefusal('job-1')); // refused()?.refusal.message
 */
export const selectCommandRefusal: (id: string) => MemoizedSelector<object, CommandRefusal | null> = remembered((id) =>
  createSelector(selectCommands, (commands) => refusalOf(commands, id)),
);
