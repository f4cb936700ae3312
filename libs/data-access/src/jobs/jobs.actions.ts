import type { Job, JobStatus } from '@harmonia/contract';
import { createActionGroup, props } from '@ngrx/store';
import type { JobFrame } from './job-frame';

/**
 * What happened to jobs. `jobsReceived` alone changes the state, at most once per animation frame [C4]. The others are
 * facts for effects, one per (id, attempt, status), none from a first snapshot; the reducer ignores them.
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
  },
});
