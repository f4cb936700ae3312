import type { EventEmitter } from 'node:events';
import type { Socket } from 'socket.io';

/** A connection of Engine.IO, below every namespace. */
export type RawConnection = Socket['conn'];

/** What `ws` serves, as far as it is used here: Engine.IO keeps it to itself. */
interface WebSocketServed extends EventEmitter {
  terminate(): void;
}

/** The websocket of a connection; null while it polls. */
export function webSocketOf({ transport }: RawConnection): WebSocketServed | null {
  const served: unknown = Reflect.get(transport, 'socket');
  return isServed(served) ? served : null;
}

const isServed = (value: unknown): value is WebSocketServed =>
  typeof value === 'object' && value !== null && 'terminate' in value && typeof value.terminate === 'function';

/** Ends a connection now: whoever keeps silent, or does not read, would else be waited for half a minute. */
export function cutOff(connection: RawConnection): void {
  const webSocket = webSocketOf(connection);
  connection.close(true);
  webSocket?.terminate();
}

/** Cuts off a connection that was closed in words, after the time that a client needs to read them. */
export function cutOffSoon(connection: RawConnection, afterMs: number): void {
  const webSocket = webSocketOf(connection);
  const end = () => {
    connection.close(true);
    webSocket?.terminate();
  };
  setTimeout(end, afterMs).unref();
}
