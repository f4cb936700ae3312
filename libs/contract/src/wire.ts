import type { Acknowledge, Done, RequestException } from './connection/acknowledgement.js';
import type { AuthRefresh } from './connection/handshake.js';
import type { Authenticated, SessionClosing, SessionExpiring } from './connection/session.js';
import type { JobListSnapshot, JobSnapshot, JobsSyncAnswer } from './jobs/job-answers.js';
import type { JobsSync, JobWatch } from './jobs/job-commands.js';
import type { JobEventName, JobEventPayload } from './jobs/job-events.js';
import type { JobsFrame } from './jobs/job-frame.js';
import type { Notification } from './messages/notification.js';
import type { UserEventName, UserEventPayload } from './messages/user-events.js';
import type { JobViewers, JobViewersSnapshot, OnlineUsersSnapshot, PresenceFrame, UserPresence } from './presence/presence.js';

/**
 * Every request a client may send [S1, S5, S6, P2, P3]. The callback may be left out on the wire; it is required here because only then
 * socket.io types what `emitWithAck` and `timeout(…).emit` answer. Long lists may reach protocol clients as bytes: read
 * answers by their schemas.
 */
export interface ClientToServerEvents {
  'job:subscribe': (watch: JobWatch, acknowledge: Acknowledge<JobSnapshot>) => void;
  'job:unsubscribe': (watch: JobWatch, acknowledge: Acknowledge<Done>) => void;
  'jobs:subscribe:user': (acknowledge: Acknowledge<JobListSnapshot>) => void;
  'jobs:unsubscribe:user': (acknowledge: Acknowledge<Done>) => void;
  'jobs:subscribe:all': (acknowledge: Acknowledge<JobListSnapshot>) => void;
  'jobs:unsubscribe:all': (acknowledge: Acknowledge<Done>) => void;
  'jobs:sync': (sync: JobsSync, acknowledge: Acknowledge<JobsSyncAnswer>) => void;
  'auth:refresh': (refresh: AuthRefresh, acknowledge: Acknowledge<Authenticated>) => void;
  'presence:watch': (watch: JobWatch, acknowledge: Acknowledge<JobViewersSnapshot>) => void;
  'presence:unwatch': (watch: JobWatch, acknowledge: Acknowledge<Done>) => void;
  'presence:watch:all': (acknowledge: Acknowledge<OnlineUsersSnapshot>) => void;
  'presence:unwatch:all': (acknowledge: Acknowledge<Done>) => void;
}

/** A request by its wire name. */
export type Verb = keyof ClientToServerEvents;

type JobEvents = { [Name in JobEventName]: (payload: JobEventPayload<Name>) => void };

type OwnEvents = { [Name in UserEventName]: (payload: UserEventPayload<Name>) => void };

/** Every event a server may send [E1, E4, E5, S6, L2, P3, M1], those of the application among them. */
export interface ServerToClientEvents extends JobEvents, OwnEvents {
  'jobs:frame': (frame: JobsFrame) => void;
  authenticated: (session: Authenticated) => void;
  'session:expiring': (expiring: SessionExpiring) => void;
  'session:closing': (closing: SessionClosing) => void;
  'session:mark': (acknowledge: () => void) => void;
  'session:lagged': () => void;
  'job:viewers': (viewers: JobViewers) => void;
  'user:online': (user: UserPresence) => void;
  'user:offline': (user: UserPresence) => void;
  'presence:frame': (frame: PresenceFrame) => void;
  notification: (notification: Notification) => void;
  announcement: (announcement: Notification) => void;
  exception: (exception: RequestException) => void;
}
