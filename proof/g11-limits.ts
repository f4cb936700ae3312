import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../test-processes/free-port.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { HealthyClient } from './rig/healthy-client.ts';
import { frame, RawSocket, TEXT } from './rig/raw-socket.ts';
import { inMib, MemoryPeak, residentMemoryOf } from './rig/resident-memory.ts';
import { SECRET, tokenOf } from './rig/token.ts';

/** The defaults of the gateway, which is started without any of its own; but for one that takes a minute to reach. */
const SOCKETS_PER_USER = 20;
const STRANGERS_PER_ADDRESS = 50;
const PER_SECOND = 20;
const BURST = 40;
const WATCHES = 200;
const REQUESTS = 300;

/** How often a limit was tried, and how far beyond it somebody came. */
export interface Tried {
  readonly tries: number;
  readonly over: number;
}

/** What the campaign prints. */
export interface LimitFigures extends Figures {
  readonly promise: 'G11';
  readonly watchesPerSocket: Tried;
  readonly socketsPerUser: Tried;
  readonly strangersPerAddress: Tried;
  readonly eventsPerSecond: Tried & { readonly isCutOff: boolean };
  readonly bytesPerMessage: Tried;
  readonly requestsPerMinute: Tried;
  readonly p99Ms: { readonly before: number | null; readonly during: number | null };
  readonly refusedOfHealthy: number;
  readonly memoryMib: { readonly before: number | null; readonly peak: number | null; readonly after: number | null };
}

/** [G11] Everything that is limited, tried far beyond it while somebody else goes on as usual. */
export async function proveLimits({ seconds }: ProofOptions): Promise<LimitFigures> {
  const started = Date.now();
  const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g11-'));
  const env = { JWT_SECRET: SECRET, DEMO_AUTH: 'false', LIMITS: `requestsPerMinute=${REQUESTS}` };
  const gateway = await GatewayProcess.start({ dataDir, port: await freePort(), env });
  const healthy = new HealthyClient(gateway.url, tokenOf('healthy'));
  try {
    await pause(1000);
    const quiet = healthy.p99();
    const before = await residentMemoryOf(gateway.pid);
    const peak = new MemoryPeak(gateway.pid);
    const tried = await tryAll(gateway, Math.max(1, Math.floor(seconds / 4)));
    const memoryMib = { before: inMib(before), peak: inMib(peak.stop()), after: inMib(await residentMemoryOf(gateway.pid)) };
    const over = Object.values(tried).reduce((sum, one) => sum + one.over, 0);
    const refusedOfHealthy = healthy.refused.length;
    const figures = { ...tried, p99Ms: { before: quiet, during: healthy.p99() }, refusedOfHealthy, memoryMib };
    const broken = over > 0 || !tried.eventsPerSecond.isCutOff || refusedOfHealthy > 0 || !gateway.alive;
    return { promise: 'G11', ...figures, seconds: Math.round((Date.now() - started) / 1000), broken };
  } finally {
    healthy.close();
    await gateway.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function tryAll(gateway: GatewayProcess, rounds: number) {
  return {
    watchesPerSocket: await tryWatches(gateway),
    socketsPerUser: await trySockets(gateway.port, 60 * rounds),
    strangersPerAddress: await tryStrangers(gateway.port, 100 * rounds),
    eventsPerSecond: await tryEvents(gateway.port, 2000 * rounds),
    bytesPerMessage: await tryBytes(gateway.port, rounds),
    requestsPerMinute: await tryRequests(gateway.url),
  };
}

/** By sync: as many watches as one message can name, and one more. */
async function tryWatches({ port, url }: GatewayProcess): Promise<Tried> {
  const ids = Array.from({ length: 210 }, (_, index) => `w-${index}`);
  const headers = { authorization: `Bearer ${tokenOf('watcher')}`, 'content-type': 'application/json' };
  const create = async (id: string) => {
    const answer = await fetch(`${url}/api/jobs`, { method: 'POST', headers, body: JSON.stringify({ jobType: 'external', id }) });
    await answer.arrayBuffer();
  };
  await Promise.all(ids.map(create));
  const socket = await RawSocket.signedIn(port, tokenOf('watcher'), { protocol: 1 });
  const named = (count: number) => JSON.stringify({ epoch: null, jobs: Object.fromEntries(ids.slice(0, count).map((id) => [id, 0])) });
  await socket.write(frame(TEXT, `421["jobs:sync",${named(210)}]`));
  const isRefused = await socket.hears('431[{"ok":false');
  await socket.write(frame(TEXT, `422["jobs:sync",${named(WATCHES)}]`));
  await socket.hears('432[{"ok":true');
  for (let ack = 3; ack < 13; ack++) await socket.write(frame(TEXT, `42${ack}["job:subscribe",{"jobId":"w-${197 + ack}"}]`));
  await socket.hears('4312[');
  const admitted = [...socket.heard.matchAll(/43(?:[3-9]|1[0-2])\[\{"ok":true/g)].length;
  socket.end();
  return { tries: 11, over: admitted + (isRefused ? 0 : 10) };
}

async function trySockets(port: number, tries: number): Promise<Tried> {
  const sockets: RawSocket[] = [];
  for (let count = 0; count < tries; count++) sockets.push(await RawSocket.signedIn(port, tokenOf('many')));
  await pause(1500);
  const over = Math.max(0, sockets.filter(({ isOpen }) => isOpen).length - SOCKETS_PER_USER);
  sockets.forEach((socket) => socket.end());
  return { tries, over };
}

async function tryStrangers(port: number, tries: number): Promise<Tried> {
  const sockets = await Promise.all(Array.from({ length: tries }, () => RawSocket.upgraded(port)));
  await pause(200);
  const over = Math.max(0, sockets.filter(({ isOpen }) => isOpen).length - STRANGERS_PER_ADDRESS);
  sockets.forEach((socket) => socket.end());
  await pause(200);
  return { tries, over };
}

async function tryEvents(port: number, tries: number): Promise<LimitFigures['eventsPerSecond']> {
  const socket = await RawSocket.signedIn(port, tokenOf('asks-much'));
  let answered = 0;
  socket.tcp.on('data', (chunk) => (answered += chunk.toString('latin1').split('{"ok":true').length - 1));
  const began = performance.now();
  for (let ack = 0; ack < tries && socket.isOpen; ack++) await socket.write(frame(TEXT, `42${ack}["job:unsubscribe",{"jobId":"any"}]`));
  const isCutOff = await socket.endsWithin(5000);
  const allowed = BURST + Math.ceil(((performance.now() - began) / 1000) * PER_SECOND);
  socket.end();
  return { tries, over: Math.max(0, answered - allowed), isCutOff };
}

/** Just above each limit, and far above it. */
async function tryBytes(port: number, rounds: number): Promise<Tried> {
  let over = 0;
  for (let round = 0; round < rounds; round++) {
    const socket = await RawSocket.signedIn(port, tokenOf('says-much'));
    await socket.write(frame(TEXT, `421["job:unsubscribe",{"jobId":"any","more":"${'x'.repeat(16_400)}"}]`));
    if (!(await socket.hears('payload-too-large'))) over++;
    await socket.write(frame(TEXT, `422["jobs:sync",{"epoch":null,"jobs":{},"more":"${'x'.repeat(33_000)}"}]`));
    if (!(await socket.endsWithin(5000))) over++;
    socket.end();
  }
  return { tries: rounds * 2, over };
}

async function tryRequests(url: string): Promise<Tried> {
  const headers = { authorization: `Bearer ${tokenOf('reads-much')}` };
  const tries = REQUESTS + 100;
  let admitted = 0;
  const ask = async () => {
    const answer = await fetch(`${url}/api/jobs?limit=1`, { headers });
    await answer.arrayBuffer();
    if (answer.ok) admitted++;
  };
  for (let asked = 0; asked < tries; asked += 20) await Promise.all(Array.from({ length: 20 }, ask));
  return { tries, over: Math.max(0, admitted - REQUESTS) };
}
