import type { Job, JobProgress, JobStatus } from '@harmonia/contract';
import { createEntityAdapter, type EntityState } from '@ngrx/entity';
import { createAction, createFeatureSelector, createReducer, createSelector, on, props } from '@ngrx/store';

// The integration guide's actions, reducer and selectors, as its reader has them after following it: the same names, one
// action an event, one updateOne an action. What it leaves out (initial state, selectors) is what NgRx's own pages show.

export const realTimeConnectionEstablished = createAction('[Jobs] Real-Time Connection Established');
export const realTimeConnectionLost = createAction('[Jobs] Real-Time Connection Lost', props<{ error: string }>());
export const jobsLoaded = createAction('[Jobs] Jobs Loaded', props<{ jobs: Job[] }>());
export const jobStatusUpdated = createAction('[Jobs] Job Status Updated', props<{ id: string; status: JobStatus }>());
export const jobProgressUpdated = createAction('[Jobs] Job Progress Updated', props<{ id: string; progress: JobProgress }>());
export const jobCompleted = createAction('[Jobs] Job Completed', props<{ job: Job }>());
export const jobFailed = createAction('[Jobs] Job Failed', props<{ id: string; error: string }>());

export const jobsAdapter = createEntityAdapter<Job>();

export const jobsReducer = createReducer<EntityState<Job>>(
  jobsAdapter.getInitialState(),
  on(jobsLoaded, (state, { jobs }) => jobsAdapter.setAll(jobs, state)),
  on(jobStatusUpdated, (state, { id, status }) => jobsAdapter.updateOne({ id, changes: { status } }, state)),
  on(jobProgressUpdated, (state, { id, progress }) => jobsAdapter.updateOne({ id, changes: { progress } }, state)),
  on(jobCompleted, (state, { job }) => jobsAdapter.updateOne({ id: job.id, changes: job }, state)),
  on(jobFailed, (state, { id, error }) =>
    jobsAdapter.updateOne({ id, changes: { status: 'failed', result: { error, code: 'failed' } } }, state),
  ),
);

export const selectJobsState = createFeatureSelector<EntityState<Job>>('jobs');
export const { selectAll: selectAllJobs, selectEntities: selectJobEntities } = jobsAdapter.getSelectors(selectJobsState);
export const selectJobById = (id: string) => createSelector(selectJobEntities, (entities) => entities[id] ?? null);
