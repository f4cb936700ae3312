export type { ConnectionState, LossReason } from './connection/connection-state';
export { ConnectionActions } from './connection/connection.actions';
export { explain } from './connection/explain';
export type { GatewayOptions } from './connection/gateway-address';
export { injectConnection, type ConnectionRef, type ConnectionTrouble } from './connection/inject-connection';
export type { TokenAnswer, TokenSource } from './connection/token-source';
export { selectConnection } from './harmonia.feature';
export { GuideActions } from './jobs/guide-actions';
export { injectJobCommands } from './jobs/inject-job-commands';
export { injectJob, injectJobProgress, type JobRef } from './jobs/inject-job';
export { injectJobs, type JobsRef } from './jobs/inject-jobs';
export type { JobEntity } from './jobs/job-entity';
export { JobCommandActions, type CommandRefusal, type IssuedCommand, type JobCommand } from './jobs/job-commands.actions';
export { ofJobEvent, type JobEvent, type JobEventOf } from './jobs/job-event';
export type { JobFilter } from './jobs/job-filter';
export type { JobFrame, JobNews, SyncOutcome, UserListPosition, WireFrame } from './jobs/job-frame';
export { JobsActions, type JobProgressed } from './jobs/jobs.actions';
export { JobsHttp, type JobListFilter, type UploadStep } from './jobs/jobs-http';
export {
  selectAllJobs,
  selectCommandRefusal,
  selectJobById,
  selectJobCounts,
  selectJobProgress,
  selectJobsByStatus,
  selectJobsByTag,
  selectJobsByType,
  selectPendingCommand,
  selectUserJobs,
  type JobCounts,
} from './jobs/jobs.selectors';
export {
  provideHarmonia,
  withFeatureKey,
  withGateway,
  withGuideActions,
  withRetention,
  withToken,
  type HarmoniaFeature,
} from './provide-harmonia';
export type { RetentionOptions } from './jobs/retention';
export type { ReceivedBody, ReceivedJob } from './jobs/received-job';
export { injectNotifications, selectNotifications, type NotificationsRef } from './messages/inject-notifications';
export { MessagesActions } from './messages/messages.actions';
export type { OwnEvent } from './messages/own-event';
export type { ReceivedNotification } from './messages/received-notification';
export { ofUserEvent } from './messages/user-event';
export { injectJobViewers, type JobViewersRef, type SeenViewer } from './presence/inject-job-viewers';
export { injectOnlineUsers, type OnlineUsersRef } from './presence/inject-online-users';
export { PresenceActions } from './presence/presence.actions';
export { selectIsOnline, selectOnlineCount, selectOnlineUsers, selectViewerCount, selectViewersOf } from './presence/presence.selectors';
// For @harmonia/data-access/testing alone: the seams that its double takes the place of.
export { ConnectionEnd as ɵConnectionEnd } from './connection/connection-end';
export { HarmoniaConnection as ɵHarmoniaConnection } from './connection/harmonia-connection';
export { RealtimeSocket as ɵRealtimeSocket } from './connection/realtime-socket';
export type { SocketMessage as ɵSocketMessage } from './connection/socket-message';
export { FrameClock as ɵFrameClock } from './jobs/frame-clock';
export { frameOfLines as ɵframeOfLines, newsOf as ɵnewsOf } from './jobs/job-news';
// For @harmonia/data-access/operations alone: how it asks the gateway, and when.
export { GatewayHttp as ɵGatewayHttp } from './connection/gateway-http';
export { PageWake as ɵPageWake } from './connection/page-wake';
export { understood as ɵunderstood } from './connection/understood';
