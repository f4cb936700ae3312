export { AUDIT_RETENTION, type AuditLog, type AuditRetention, type NewAuditEntry } from './audit/audit-log.js';
export { AuditTrail, type AuditNote } from './audit/audit-trail.js';
export { DiskFileStore } from './files/disk-file-store.js';
export { isFileKey, resultPrefix, uploadKey } from './files/file-key.js';
export { safeFileName } from './files/file-name.js';
export type { FileLimits, FileStore, StagedFile, StoredFile } from './files/file-store.js';
export { JobFiles } from './files/job-files.js';
export { resultFile } from './files/result-file.js';
export { HarmoniaJobsModule } from './job-engine.module.js';
export type { HarmoniaJobsOptions, RunnerOptions } from './job-engine.options.js';
export { JOBS_SETTINGS, type JobsSettings } from './job-engine.settings.js';
export { AUDIT_LOG, FILE_STORE, JOB_STORE, SESSION_ENDS } from './job-engine.tokens.js';
export { EXTERNAL_JOB_TYPE } from './publishing/external-job-type.js';
export type { JobDraft, JobEdit } from './publishing/host-input.js';
export { JobAccessPolicy, OwnerOrAdminPolicy, type JobOperation } from './publishing/job-access-policy.js';
export { JobAccess, type PermittedJobs } from './publishing/job-access.js';
export { JobPublisher } from './publishing/job-publisher.js';
export type { JobReporter, ReportedJob } from './publishing/job-reporter.js';
export { goesBy, type JobSession, type Sharer } from './publishing/job-session.js';
export { JobFailedError } from './runner/job-failed-error.js';
export { JobHandler, type JobRunner, type RunningJob, type RunReport } from './runner/job-handler.js';
export { JobHandlers } from './runner/job-handlers.js';
export type { RunEnd, WillRetry } from './runner/job-run.js';
export { JobRuns } from './runner/job-runs.js';
export { RunnerService } from './runner/runner.service.js';
export type { SessionEnd, SessionEnds, SessionEndsReading } from './sessions/session-ends.js';
export { DataDirectoryError, type DataDirectoryProblem } from './store/data-directory-error.js';
export type { ChangeOutcome, ChangeRefusal, JobChange, JobRecord, NewJob, ReportedChange, Tombstone } from './store/job-change.js';
export { decide, type AcceptedDecision, type Decision, type Known } from './store/job-decision.js';
export type { JobBearingEvent, JobEvent, JobEventBatch, JobLessEvent, PlainEventKind } from './store/job-event.js';
export type {
  JobChangesSince,
  JobFilter,
  JobListing,
  JobReading,
  JobScope,
  JobStore,
  OverdueBounds,
  OverdueJobs,
  Unfollow,
} from './store/job-store.js';
export { RedisJobStore, type RedisJobStoreOptions } from './store/redis-job-store.js';
export { RedisProblem, type RedisTrouble } from './store/redis-problem.js';
export { SqliteJobStore, type SqliteJobStoreOptions } from './store/sqlite-job-store.js';
export { StoreFollower, type StoreListener } from './store/store-follower.js';
