import { frame, RawSocket } from '../rig/raw-socket.ts';
import { tokenOf } from '../rig/token.ts';
import type { Random } from '../rig/random.ts';
import { anyJson, mutated, noise } from './mutated.ts';

export const VERBS = [
  'job:subscribe',
  'job:unsubscribe',
  'jobs:subscribe:user',
  'jobs:unsubscribe:user',
  'jobs:subscribe:all',
  'jobs:unsubscribe:all',
  'jobs:sync',
  'presence:watch',
  'presence:unwatch',
  'presence:watch:all',
  'presence:unwatch:all',
  'auth:refresh',
  'nothing',
  '__proto__',
  'constructor',
  'error',
  'disconnect',
  'connect',
];

/** So many inputs go out on one connection before the next, unless the server ends it. */
const PER_CONNECTION = 400;

/** Sends inputs until the time is over; answers how many. What comes back is not looked at: the server has to live. */
export async function pelt(port: number, random: Random, until: number, next: (random: Random) => Buffer): Promise<number> {
  let sent = 0;
  while (performance.now() < until) {
    const socket = random.next() < 0.5 ? await RawSocket.upgraded(port) : await RawSocket.signedIn(port, tokenOf('fuzz'));
    for (let count = 0; count < PER_CONNECTION && socket.isOpen; count += 20) {
      const inputs = Array.from({ length: 20 }, () => next(random));
      await socket.write(Buffer.concat(inputs));
      sent += inputs.length;
    }
    socket.end();
  }
  return sent;
}

/** Bytes after the upgrade: noise, and frames with wrong lengths, opcodes, flags and masks. */
export function rawBytes(random: Random): Buffer {
  if (random.next() < 0.2) return noise(random, random.between(1, 60));
  return mutated(random, frame(random.between(0, 15), engineText(random)));
}

/** Whole frames with packets of Engine.IO, good and bad. */
export function enginePacket(random: Random): Buffer {
  return frame(random.next() < 0.8 ? 1 : 2, engineText(random));
}

/** Packets of Socket.IO, with attachments that fit, are missing or too many. */
export function socketPacket(random: Random): Buffer {
  const attachments = random.between(0, 3);
  const head = `4${random.between(0, 9)}${attachments > 0 ? `${random.between(0, 12)}-` : ''}`;
  const namespace = random.next() < 0.1 ? '/elsewhere,' : '';
  const ack = random.next() < 0.5 ? String(random.between(0, 1e9)) : '';
  const body = JSON.stringify([random.pick(VERBS), placeholders(random, anyJson(random), attachments)]);
  const text = Buffer.from(head + namespace + ack + body);
  const frames = [frame(1, random.next() < 0.3 ? mutated(random, text) : text)];
  for (let sent = 0; sent < attachments; sent++) frames.push(frame(2, noise(random, random.between(0, 40))));
  return Buffer.concat(frames);
}

function engineText(random: Random): string {
  const type = random.pick(['0', '1', '2', '3', '4', '5', '6', '40', '41', '42', '43', '44', '45', '46', '9', 'b', '']) ?? '';
  const rest = random.pick([
    '',
    'probe',
    '{}',
    '[]',
    '["job:subscribe",{"jobId":"a"}]',
    '1[',
    '{"token":1}',
    '/x,',
    '\u001e',
    '99999999999999999999[]',
  ]);
  return type + rest;
}

const placeholders = (random: Random, value: unknown, attachments: number): unknown =>
  attachments === 0 ? value : { value, file: { _placeholder: true, num: random.pick([0, 1, -1, 1e9, 'x', '__proto__']) } };
