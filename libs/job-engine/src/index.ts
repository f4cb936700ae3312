export type { ChangeOutcome, ChangeRefusal, JobChange, JobRecord, NewJob, ReportedChange, Tombstone } from './store/job-change.js';
export { decide, type Decision, type Known } from './store/job-decision.js';
export type { JobEvent, JobEventBatch, PlainEventKind } from './store/job-event.js';
export type { JobChangesSince, JobFilter, JobListing, JobReading, JobScope, JobStore, OverdueJobs, Unfollow } from './store/job-store.js';
export { DataDirectoryError, type DataDirectoryProblem } from './store/data-directory-error.js';
export { SqliteJobStore, type SqliteJobStoreOptions } from './store/sqlite-job-store.js';
