import { io, type Socket } from 'socket.io-client';
import type { Random } from '../rig/random.ts';
import { tokenOf } from '../rig/token.ts';
import { anyJson } from './mutated.ts';
import { VERBS } from './socket-inputs.ts';

const PROMISED_MS = 1000;
/** Whoever has heard nothing by then hears nothing. */
export const PATIENCE_MS = 10_000;
const AT_ONCE = 50;

/** What became of requests that wanted an answer. */
export interface Asked {
  readonly asked: number;
  /** Never answered, on a connection that stayed. */
  readonly unanswered: number;
  /** Answered after more than a second: on a machine that does other things, too, some are. */
  readonly late: number;
}

/** Requests of every verb with any payload, each with an acknowledgement that has to come. */
export async function askAnything(url: string, random: Random, until: number): Promise<Asked> {
  let [asked, unanswered, late] = [0, 0, 0];
  const socket = io(url, {
    auth: { token: tokenOf('fuzz', { roles: ['admin'] }), protocol: 1 },
    transports: ['websocket'],
    forceNew: true,
  });
  socket.on('session:mark', (acknowledge: () => void) => acknowledge());
  await new Promise<void>((resolve) => void socket.once('connect', resolve));
  // names that socket.io-client keeps to itself would be refused by it, not by the server
  const verbs = VERBS.filter((verb) => !['disconnect', 'connect', 'error'].includes(verb));
  while (performance.now() < until) {
    const answers = Array.from({ length: AT_ONCE }, () => answered(socket, random.pick(verbs) ?? '', anyJson(random)));
    asked += AT_ONCE;
    for (const ms of await Promise.all(answers)) {
      if (ms === null) unanswered++;
      else if (ms > PROMISED_MS) late++;
    }
  }
  socket.disconnect();
  return { asked, unanswered, late };
}

/** In ms; null when it never came. */
async function answered(socket: Socket, verb: string, payload: unknown): Promise<number | null> {
  const began = performance.now();
  try {
    const answer: unknown = await socket.timeout(PATIENCE_MS).emitWithAck(verb, payload);
    return typeof answer === 'object' && answer !== null && 'ok' in answer ? performance.now() - began : null;
  } catch {
    return socket.connected ? null : 0;
  }
}
