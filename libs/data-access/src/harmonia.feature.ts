import { combineReducers, createFeature } from '@ngrx/store';
import { connectionReducer } from './connection/connection.reducer';
import type { ConnectionState } from './connection/connection-state';
import { jobCommandsReducer, type JobCommandsState } from './jobs/job-commands.reducer';
import { jobsReducer, type JobRecords } from './jobs/jobs.reducer';

/** Everything that Harmonia keeps in the store. */
export interface HarmoniaState {
  readonly connection: ConnectionState;
  readonly records: JobRecords;
  readonly commands: JobCommandsState;
}

/** Its slice, under one key of its own beside the host's. */
export const harmoniaFeature = createFeature({
  name: 'harmoniaJobs',
  reducer: combineReducers<HarmoniaState>({ connection: connectionReducer, records: jobsReducer, commands: jobCommandsReducer }),
});
