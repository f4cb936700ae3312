import type { Acknowledge, Done, RequestException } from './connection/acknowledgement.js';
import type { Authenticated, SessionClosing } from './connection/session.js';
import type { JobListSnapshot, JobSnapshot, JobsSyncAnswer } from './jobs/job-answers.js';
import type { JobsSync, JobWatch } from './jobs/job-commands.js';
import type { JobEventName, JobEventPayload } from './jobs/job-events.js';
import type { JobsFrame } from './jobs/job-frame.js';

/**
 * Every request a client may send [S1, S5]. The callback may be left out on the wire; it is required here because only then
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
}

/** A request by its wire name. */
export type Verb = keyof ClientToServerEvents;

type JobEvents = { [Name in JobEventName]: (payload: JobEventPayload<Name>) => void };

/** Every event a server may send [E1, E4, E5, L2]. */
export interface ServerToClientEvents extends JobEvents {
  'jobs:frame': (frame: JobsFrame) => void;
  authenticated: (session: Authenticated) => void;
  'session:closing': (closing: SessionClosing) => void;
  'session:mark': (acknowledge: () => void) => void;
  'session:lagged': () => void;
  exception: (exception: RequestException) => void;
}
