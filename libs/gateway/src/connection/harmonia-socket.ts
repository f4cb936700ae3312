import type { RefusalCode } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import type { DefaultEventsMap, Socket } from 'socket.io';

/** What an accepted handshake has established about a socket. */
export interface SocketData {
  session: JobSession;
  /** A *plain* client gets single events, and the current state as events after subscribing [E3]. */
  isPlain: boolean;
}

/** A socket in Harmonia's namespace. */
export type HarmoniaSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, SocketData>;

/**
 * Says why, then closes the transport, so that the client comes back by itself [E5]. Whatever else shares the connection,
 * as another namespace of the host, comes back with it.
 */
export function closeSession(socket: HarmoniaSocket, code: RefusalCode, retryAfterMs: number): void {
  socket.emit('session:closing', { code, retryAfterMs });
  socket.conn.close();
}
