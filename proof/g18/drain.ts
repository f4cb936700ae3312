import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { GatewayProcess } from '../rig/gateway-process.ts';
import { Visitor } from './visitor.ts';

/** How a gateway that was told to stop came to its end. */
export interface Drain {
  /** With how it ended; null: it did not. */
  readonly status: number | string | null;
  readonly ms: number;
  /** Clients that read, and how many of them were told to come back. */
  readonly reading: number;
  readonly told: number;
  /** Clients that never read again. */
  readonly stuck: number;
  /** Connections that say nothing, or not all, or very slowly. */
  readonly slow: number;
}

const READING = 60;
const STUCK = 10;
const TELL_EVERY_MS = 200;

const HALF_SAID = [
  '',
  'GET /api/jobs HTTP/1.1\r\nHost: a\r\n',
  'POST /api/jobs HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{',
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\n',
];

/** SIGTERM, while clients are connected, some read nothing, and some are slow to say what they want. */
export async function drained(gateway: GatewayProcess, mostMs: number): Promise<Drain> {
  const readers = await comeAll(gateway, READING, 'reader');
  const stuck = await comeAll(gateway, STUCK, 'stuck');
  stuck.forEach((visitor) => visitor.stopReading());
  const slow = await Promise.all(HALF_SAID.map((words) => sayHalf(gateway.port, words)));
  const dripping = setInterval(() => slow.forEach((socket) => socket.write('x')), TELL_EVERY_MS);
  const began = Date.now();
  process.kill(gateway.pid ?? 0, 'SIGTERM');
  await gateway.endsWithin(mostMs + 5000);
  const ms = Date.now() - began;
  // what was said last may still be on its way
  await pause(100);
  clearInterval(dripping);
  slow.forEach((socket) => socket.destroy());
  [...readers, ...stuck].forEach((visitor) => visitor.leave('torn'));
  const told = readers.filter(({ closedWith }) => closedWith === 'server-stopping').length;
  return { status: gateway.end, ms, reading: READING, told, stuck: STUCK, slow: slow.length };
}

async function comeAll({ url }: GatewayProcess, count: number, name: string): Promise<readonly Visitor[]> {
  const came: Visitor[] = [];
  for (let index = 0; index < count; index++) {
    const visitor = await Visitor.come(url, `${name}-${index}`, index % 2 === 0 ? 'plain' : 'protocol');
    await visitor.look([]);
    came.push(visitor);
  }
  return came;
}

async function sayHalf(port: number, words: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(words);
  return socket;
}
