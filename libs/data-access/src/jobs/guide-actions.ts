import type { Job, JobProgress, JobStatus } from '@harmonia/contract';
import { createAction, props } from '@ngrx/store';

/**
 * The actions of the integration guide, types and props to the letter, so that reducers written from it run unchanged. They
 * are dispatched where `withGuideActions()` asks for them; Harmonia's own state ignores them.
 *
 * @example on(GuideActions.jobStatusUpdated, (state, { id, status }) => adapter.updateOne({ id, changes: { status } }, state))
 */
export const GuideActions = {
  realTimeConnectionEstablished: createAction('[Jobs] Real-Time Connection Established'),
  realTimeConnectionLost: createAction('[Jobs] Real-Time Connection Lost', props<{ error: string }>()),
  jobStatusUpdated: createAction('[Jobs] Job Status Updated', props<{ id: string; status: JobStatus }>()),
  jobProgressUpdated: createAction('[Jobs] Job Progress Updated', props<{ id: string; progress: JobProgress }>()),
  jobCompleted: createAction('[Jobs] Job Completed', props<{ job: Job }>()),
  jobFailed: createAction('[Jobs] Job Failed', props<{ id: string; error: string }>()),
};
