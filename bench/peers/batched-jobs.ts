import type { Job, JobProgress } from '@harmonia/contract';
import { createEntityAdapter, type EntityState } from '@ngrx/entity';
import { createAction, createFeatureSelector, createReducer, on, props } from '@ngrx/store';

// What a careful user makes of the guide once it is too slow: gather a frame's events, the newest of each job, and dispatch
// one action with one updateMany.

/** One job's newest news of a frame. */
export interface JobChange {
  readonly id: string;
  readonly changes: Partial<Job> & { readonly progress?: JobProgress | null };
}

export const jobsLoaded = createAction('[Jobs] Jobs Loaded', props<{ jobs: Job[] }>());
export const jobsChanged = createAction('[Jobs] Jobs Changed', props<{ changes: JobChange[] }>());

export const jobsAdapter = createEntityAdapter<Job>();

export const jobsReducer = createReducer<EntityState<Job>>(
  jobsAdapter.getInitialState(),
  on(jobsLoaded, (state, { jobs }) => jobsAdapter.setAll(jobs, state)),
  on(jobsChanged, (state, { changes }) => jobsAdapter.updateMany(changes, state)),
);

export const selectJobsState = createFeatureSelector<EntityState<Job>>('jobs');
export const { selectAll: selectAllJobs } = jobsAdapter.getSelectors(selectJobsState);
