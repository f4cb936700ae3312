import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import type { Random } from '../rig/random.ts';
import { tokenOf } from '../rig/token.ts';
import { PATIENCE_MS, type Asked } from './asked-inputs.ts';
import { anyJson, mutated, noise } from './mutated.ts';

const PROMISED_MS = 1000;
const METHODS = ['GET', 'POST', 'DELETE', 'PUT', 'PATCH', 'OPTIONS', 'HEAD'];
const PATHS = [
  '/api/jobs',
  '/api/jobs/sync',
  '/api/jobs/a',
  '/api/jobs/a/reports',
  '/api/jobs/a/result',
  '/api/presence',
  '/health',
  '/api/docs',
];
const TAILS = [
  '',
  '?limit=-1',
  '?status[]=x&status[a]=y',
  '?page=%00',
  '/%ff',
  '/..%2f..',
  '/__proto__',
  '?ticket=x',
  '/constructor/cancel',
  '?text=' + 'x'.repeat(200),
];
const TYPES = [
  'application/json',
  'multipart/form-data; boundary=x',
  'text/plain',
  'application/json; charset=x',
  '',
  'multipart/form-data',
];

/** Requests over HTTP, strange in every part, each of which has to be answered within a second. */
export async function requestAnything(port: number, random: Random, until: number): Promise<Asked> {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let [asked, unanswered, late] = [0, 0, 0];
  while (performance.now() < until) {
    const answers = await Promise.all(Array.from({ length: 8 }, () => answered(port, random, agent)));
    asked += answers.length;
    unanswered += answers.filter((ms) => ms === null).length;
    late += answers.filter((ms) => (ms ?? 0) > PROMISED_MS).length;
    if (random.next() < 0.2 && (await brokenRequest(port, random))) asked++;
  }
  agent.destroy();
  return { asked, unanswered, late };
}

/** In ms; null when it never came. */
function answered(port: number, random: Random, agent: Agent): Promise<number | null> {
  const began = performance.now();
  const body = bodyOf(random);
  const headers = {
    'content-type': random.pick(TYPES) ?? '',
    'content-length': body.length,
    ...(random.next() < 0.7 && { authorization: `Bearer ${tokenOf('fuzz', { scope: 'jobs:report' })}` }),
  };
  const path = `${random.pick(PATHS)}${random.pick(TAILS)}`;
  return new Promise((resolve) => {
    const asking = request({ port, host: '127.0.0.1', agent, method: random.pick(METHODS) ?? 'GET', path, headers, timeout: PATIENCE_MS });
    asking.on('response', (answer) => {
      answer.on('error', () => resolve(performance.now() - began)).resume();
      answer.on('close', () => resolve(performance.now() - began));
    });
    asking.on('timeout', () => {
      resolve(null);
      asking.destroy();
    });
    // the server may hang up on what cannot be read: that, too, is an answer
    asking.on('error', () => resolve(performance.now() - began));
    asking.end(body);
  });
}

function bodyOf(random: Random): Buffer {
  const json = Buffer.from(JSON.stringify(anyJson(random)) ?? '');
  const form = '--x\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n%PDF-1.7\r\n--x--\r\n';
  const [first, second, third] = [json, mutated(random, json), mutated(random, Buffer.from(form))];
  return random.pick([first, second, third]) ?? first;
}

/** Bytes that are hardly a request; sent without waiting, since whether they ask for anything is open. */
async function brokenRequest(port: number, random: Random): Promise<boolean> {
  const tcp = connect({ port, host: '127.0.0.1' }).on('error', () => undefined);
  await once(tcp, 'connect').catch(() => undefined);
  const text = mutated(
    random,
    Buffer.from(`POST ${random.pick(PATHS)} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n`),
  );
  await new Promise<void>((resolve) => void tcp.write(Buffer.concat([text, noise(random, 20)]), () => resolve()));
  tcp.destroy();
  return true;
}
