import type { Random } from '../rig/random.ts';

/** Bytes in which some were changed, dropped, repeated or put in. */
export function mutated(random: Random, bytes: Buffer): Buffer {
  let changed = bytes;
  for (let times = random.between(1, 4); times > 0; times--) changed = mutatedOnce(random, changed);
  return changed;
}

function mutatedOnce(random: Random, bytes: Buffer): Buffer {
  const at = random.between(0, bytes.length);
  const to = Math.min(bytes.length, at + random.between(0, 16));
  const [start, middle, end] = [bytes.subarray(0, at), bytes.subarray(at, to), bytes.subarray(to)];
  switch (random.between(0, 4)) {
    case 0:
      return Buffer.concat([start, end]);
    case 1:
      return Buffer.concat([start, middle, middle, end]);
    case 2:
      return Buffer.concat([start, noise(random, random.between(1, 8)), end]);
    case 3:
      return Buffer.concat([start, middle.map((byte) => byte ^ (1 << random.between(0, 7))), end]);
    default:
      return start;
  }
}

export const noise = (random: Random, length: number): Buffer => Buffer.from(Array.from({ length }, () => random.between(0, 255)));

const NAMES = ['jobId', 'epoch', 'jobs', 'user', 'all', 'token', 'id', '__proto__', 'constructor', 'toString', 'length', '', 'ä'];
const TEXTS = [
  '',
  'job-1',
  '__proto__',
  'constructor',
  '\u0000',
  '\ud800',
  'x'.repeat(5000),
  '../../etc/passwd',
  "';--",
  '${7*7}',
  '1e999',
];
const NUMBERS = [0, -0, -1, 1.5, 2 ** 31, 2 ** 53, -(2 ** 63), 1e308, Number.MIN_VALUE];

/** Any JSON, of the names and values that code stumbles over. */
export function anyJson(random: Random, depth = 3): unknown {
  switch (random.between(0, depth > 0 ? 6 : 4)) {
    case 0:
      return null;
    case 1:
      return random.next() < 0.5;
    case 2:
      return random.pick(NUMBERS);
    case 3:
    case 4:
      return random.pick(TEXTS);
    case 5:
      return Array.from({ length: random.between(0, 5) }, () => anyJson(random, depth - 1));
    default: {
      const entries = Array.from({ length: random.between(0, 5) }, () => [random.pick(NAMES), anyJson(random, depth - 1)]);
      // fromEntries makes an own property even of "__proto__", as JSON.parse does
      return Object.fromEntries(entries) as unknown;
    }
  }
}
