import type { Job, JobProgress, JobStatus } from '@harmonia/contract';
import { createActionGroup, props } from '@ngrx/store';
import type { JobFrame } from './job-frame';

/** How far one job has come by now; null where a new attempt has not said so yet [R2]. */
export interface JobProgressed {
  readonly id: string;
  readonly progress: JobProgress | null;
}

/**
 * What happened to jobs. `jobsReceived` alone changes the state, at most once per animation frame [C4]. The others are
 * facts for effects, which the reducer ignores: one per (id, attempt, status), none from a first snapshot; and
 * `jobsProgressed`, which tells the progress of a whole frame at once. `jobsRetired` is no fact about jobs: these have left the
 * store, not the server, where `withRetention` bounds it.
 *
 * @example inject(Actions).pipe(ofType(JobsActions.jobCompleted), tap(({ job }) => notify(`${job.title} is done.`)));
 */
export const JobsActions = createActionGroup({
  source: 'Harmonia Jobs',
  events: {
    'Jobs Received': props<JobFrame>(),
    'Job Completed': props<{ job: Job }>(),
    'Job Failed': props<{ id: string; error: string; code: string }>(),
    'Job Status Updated': props<{ id: string; status: JobStatus }>(),
    'Job Removed': props<{ id: string }>(),
    'Jobs Progressed': props<{ jobs: readonly JobProgressed[] }>(),
    'Jobs Retired': props<{ ids: readonly string[] }>(),
  },
});
