import type { ErrorHandler } from '@angular/core';
import { ConnectionEnd } from './connection-end';
import { EVENT_READERS, readOwn, type SocketMessage } from './socket-message';

/** As much of socket.io's socket as listening needs; nothing that comes in has a type before it is parsed. */
interface HeardSocket {
  on(event: string, take: (payload: unknown) => void): unknown;
  onAny(take: (event: string, payload: unknown) => void): unknown;
  hasListeners(event: string): boolean;
}

/**
 * Tells everything that a socket hears and the contract knows. What cannot be read is dropped and reported, and the rest goes
 * on; whatever else arrives and nobody listens to may be the application's own [M1].
 */
export function hearMessages(socket: HeardSocket, errors: ErrorHandler, tell: (message: SocketMessage) => void): void {
  for (const [event, read] of Object.entries(EVENT_READERS)) {
    const take = (payload: unknown) => {
      const message = read(payload);
      return 'then' in message ? message.then(tell) : tell(message);
    };
    hear(socket, event, errors, take, () => event === 'jobs:frame' && tell({ kind: 'gap' }));
  }
  socket.onAny((event, payload) => {
    const own = socket.hasListeners(event) ? null : readOwn(event, payload);
    if (own) tell(own);
  });
}

/** Takes one event, which is dropped and reported where that fails; `otherwise`, where it is given, is told of it. */
export function hear(
  socket: HeardSocket,
  event: string,
  errors: ErrorHandler,
  take: (payload: unknown) => Promise<void> | void,
  otherwise?: () => unknown,
): void {
  const drop = (error: unknown) => {
    otherwise?.();
    errors.handleError(new Error(`The gateway's "${event}" was dropped: ${ConnectionEnd.of(error).message}`));
  };
  socket.on(event, (payload) => {
    try {
      take(payload)?.catch(drop);
    } catch (error) {
      drop(error);
    }
  });
}
