import type { EventEmitter } from 'node:events';
import { Allowance } from './allowance.js';
import { cutOff, webSocketOf, type RawConnection } from './raw-connection.js';

/**
 * As many packets of any kind may come on one connection. A client acknowledges one `session:mark` for every 64 KiB that it
 * reads, so even one that reads a gigabit a second stays far below it.
 */
const PACKETS_PER_SECOND = 5000;
const PACKETS_AT_ONCE = 10_000;

/** No client of this protocol sends pings of the websocket's own: those of Engine.IO are messages. */
const PINGS_PER_SECOND = 5;
const PINGS_AT_ONCE = 50;

/** A client signs in once on a connection, and again after it was refused or has left; every try has its token checked. */
const HANDSHAKES_PER_SECOND = 1;
const HANDSHAKES_AT_ONCE = 10;

const handshakes = new WeakMap<RawConnection, Allowance>();

/** Counts a handshake, and answers whether it is looked at: a connection that tries too many is cut off [L1]. */
export function admitsHandshake(connection: RawConnection): boolean {
  const allowance = handshakes.get(connection) ?? new Allowance(HANDSHAKES_PER_SECOND, HANDSHAKES_AT_ONCE);
  handshakes.set(connection, allowance);
  const isAdmitted = allowance.take() === 0;
  if (!isAdmitted) cutOff(connection);
  return isAdmitted;
}

/** Cuts off a connection that floods the server below everything that is counted as a request [L1]. */
export function guardAgainstFloods(connection: RawConnection): void {
  limit(connection, connection, 'packet', new Allowance(PACKETS_PER_SECOND, PACKETS_AT_ONCE));
  guardWebSocket(connection);
  connection.on('upgrade', () => guardWebSocket(connection));
}

function guardWebSocket(connection: RawConnection): void {
  const webSocket = webSocketOf(connection);
  const pings = new Allowance(PINGS_PER_SECOND, PINGS_AT_ONCE);
  for (const event of ['ping', 'pong']) if (webSocket) limit(connection, webSocket, event, pings);
}

function limit(connection: RawConnection, emitter: EventEmitter, event: string, allowance: Allowance): void {
  emitter.on(event, () => {
    if (allowance.take() > 0) cutOff(connection);
  });
}
