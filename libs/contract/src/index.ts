export {
  AUDITED_VERBS,
  AuditEntrySchema,
  AuditPageSchema,
  AuditQuerySchema,
  type AuditedVerb,
  type AuditEntry,
  type AuditPage,
  type AuditQuery,
} from './audit/audit.js';
export {
  acknowledgementSchema,
  type Acknowledge,
  type Acknowledgement,
  type Done,
  type RequestException,
} from './connection/acknowledgement.js';
export { AuthRefreshSchema, HandshakeAuthSchema, type AuthRefresh, type HandshakeAuth } from './connection/handshake.js';
export { parseOrRefuse } from './connection/payload.js';
export {
  isRefusalCode,
  RefusalCodeSchema,
  REFUSALS,
  RefusalError,
  RefusalSchema,
  type Refusal,
  type RefusalCode,
  type RefusalRemedy,
} from './connection/refusal.js';
export {
  AuthenticatedSchema,
  EPOCH_HEADER,
  EpochSchema,
  PROTOCOL,
  SessionClosingSchema,
  SessionExpiringSchema,
  SessionUserSchema,
  type Authenticated,
  type SessionClosing,
  type SessionExpiring,
  type SessionUser,
} from './connection/session.js';
export {
  JobHistoryEntrySchema,
  JobListChangesSchema,
  JobListSnapshotSchema,
  JobPageSchema,
  JobSnapshotSchema,
  JobsPollSchema,
  JobsSyncAnswerSchema,
  ResultTicketSchema,
  type JobHistoryEntry,
  type JobListChanges,
  type JobListSnapshot,
  type JobPage,
  type JobSnapshot,
  type JobsPoll,
  type JobsSyncAnswer,
  type ResultTicket,
} from './jobs/job-answers.js';
export {
  JobListQuerySchema,
  JobsSyncSchema,
  JobWatchSchema,
  type JobListQuery,
  type JobsSync,
  type JobWatch,
} from './jobs/job-commands.js';
export { JOB_EVENT_SCHEMAS, JobRemovalSchema, type JobEventName, type JobEventPayload, type JobRemoval } from './jobs/job-events.js';
export { framedJobs, framedLine, JobsFrameSchema, type FramedJob, type JobsFrame } from './jobs/job-frame.js';
export { JobFileResultSchema, UploadedFileSchema, type JobFileResult, type UploadedFile } from './jobs/job-file.js';
export { JobIdSchema, JobTypeSchema, UserIdSchema } from './jobs/job-id.js';
export { JobProgressSchema, type JobProgress } from './jobs/job-progress.js';
export {
  CreateJobSchema,
  InlineJsonSchema,
  JobReportSchema,
  MAX_INLINE_BYTES,
  ReportedErrorSchema,
  type CreateJob,
  type JobReport,
  type ReportAnswer,
  type ReportedError,
  type ReportRefusal,
} from './jobs/job-report.js';
export {
  isLegalTransition,
  isTerminal,
  JOB_STATUSES,
  LEGAL_TRANSITIONS,
  REQUEUE_REASONS,
  type JobStatus,
  type RequeueReason,
  type TerminalStatus,
} from './jobs/job-status.js';
export { JobShareSchema, ShareJobSchema, type JobShare, type ShareJob } from './jobs/job-share.js';
export { JobTagSchema, JobTagsSchema, JobTitleSchema } from './jobs/job-text.js';
export {
  JobBodySchema,
  JobFailureSchema,
  jobFailure,
  JobSchema,
  JobStateSchema,
  type Job,
  type JobBody,
  type JobFailure,
  type JobState,
  type JobTypes,
  type TypedJob,
} from './jobs/job.js';
export { ProgressReportSchema, type ProgressInput, type ProgressReport } from './jobs/progress-report.js';
export { MAX_SYNC_JOBS } from './jobs/sync-limit.js';
export { NewNotificationSchema, type NewNotification } from './messages/new-notification.js';
export { NOTIFICATION_LEVELS, NotificationSchema, type Notification, type NotificationLevel } from './messages/notification.js';
export type { UserEventName, UserEventPayload, UserEvents } from './messages/user-events.js';
export {
  ConnectionSchema,
  ConnectionsPageSchema,
  ConnectionsQuerySchema,
  GatewayStatsSchema,
  NodeStatsSchema,
  type Connection,
  type ConnectionsPage,
  type ConnectionsQuery,
  type GatewayStats,
  type NodeStats,
} from './operations/operations.js';
export { ConnectedUsersSchema, type ConnectedUsers } from './presence/connected-users.js';
export {
  JobViewersSchema,
  JobViewersSnapshotSchema,
  OnlineUserSchema,
  OnlineUsersSnapshotSchema,
  PresenceFrameSchema,
  UserPresenceSchema,
  type JobViewer,
  type JobViewers,
  type JobViewersSnapshot,
  type OnlineUser,
  type OnlineUsersSnapshot,
  type PresenceFrame,
  type UserPresence,
} from './presence/presence.js';
export type { ClientToServerEvents, ServerToClientEvents, Verb } from './wire.js';
