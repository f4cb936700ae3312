import type { JobSession } from '@harmonia/job-engine';
import type { DefaultEventsMap, Socket } from 'socket.io';

/** What an accepted handshake has established about a socket. */
export interface SocketData {
  session: JobSession;
  /** A *plain* client gets single events, and the current state as events after subscribing [E3]. */
  isPlain: boolean;
  /** Its frames may come deflated [E4]. */
  inflates: boolean;
}

/** A socket in Harmonia's namespace. */
export type HarmoniaSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;
