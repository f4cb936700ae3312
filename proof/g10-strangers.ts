import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../test-processes/free-port.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { HealthyClient } from './rig/healthy-client.ts';
import { frame, PING, RawSocket, TEXT } from './rig/raw-socket.ts';
import { inMib, MemoryPeak, residentMemoryOf } from './rig/resident-memory.ts';
import { SECRET, tokenOf } from './rig/token.ts';

const PROMISED_MS = 10_000;
const PROMISED_BYTES = 64 * 1024;
/** What the machine may add: timers are late where others compute. */
const GRACE_MS = 500;
const SHORT_SECONDS = 30;
const PINGS = Buffer.alloc(6 * 10_000, frame(PING));

/** What the campaign prints. */
export interface StrangerFigures extends Figures {
  readonly promise: 'G10';
  /** Connections of strangers that were open at once. */
  readonly strangers: number;
  readonly kibPerStranger: number | null;
  /** Of every kind, how long the last was there, in ms. In short only of those that were told to hurry. */
  readonly survivors: number;
  readonly lastClosedAfterMs: number;
  readonly pingFlood: { readonly isCutOff: boolean; readonly frames: number; readonly grownMib: number | null };
  readonly p99Ms: { readonly before: number | null; readonly during: number | null };
  readonly memoryMib: { readonly before: number | null; readonly peak: number | null; readonly after: number | null };
}

/** [G10] Strangers of every kind: what each costs, how long it stays, and what a flood of pings does. */
export async function proveStrangers({ seconds }: ProofOptions): Promise<StrangerFigures> {
  const started = Date.now();
  const isShort = seconds < SHORT_SECONDS;
  const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g10-'));
  // in short they are told to hurry, so that the whole of it fits
  const limits = `unauthenticatedPerAddress=100000${isShort ? ',unauthenticatedMs=1000' : ''}`;
  const env = { JWT_SECRET: SECRET, DEMO_AUTH: 'false', LIMITS: limits };
  const gateway = await GatewayProcess.start({ dataDir, port: await freePort(), env });
  const healthy = new HealthyClient(gateway.url, tokenOf('healthy'));
  try {
    const figures = await visit(gateway, healthy, isShort);
    const { survivors, lastClosedAfterMs, pingFlood, kibPerStranger } = figures;
    const isLate = survivors > 0 || lastClosedAfterMs > PROMISED_MS + GRACE_MS;
    // a few hundred weigh less than what the collector leaves for later
    const isDear = !isShort && kibPerStranger !== null && kibPerStranger * 1024 > PROMISED_BYTES;
    const broken = isLate || isDear || !pingFlood.isCutOff || !gateway.alive || healthy.refused.length > 0;
    return { promise: 'G10', ...figures, seconds: Math.round((Date.now() - started) / 1000), broken };
  } finally {
    healthy.close();
    await gateway.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

type Visit = Omit<StrangerFigures, 'promise' | 'seconds' | 'broken'>;

async function visit(gateway: GatewayProcess, healthy: HealthyClient, isShort: boolean): Promise<Visit> {
  // what the first of them costs is code and buffers that stay
  const first = await crowd(gateway.port, 50);
  first.forEach((stranger) => stranger.end());
  await pause(1000);
  const before = await residentMemoryOf(gateway.pid);
  const quiet = healthy.p99();
  const peak = new MemoryPeak(gateway.pid);
  const strangers = await crowd(gateway.port, isShort ? 300 : 5000);
  const open = strangers.filter(({ isOpen }) => isOpen).length;
  const full = await residentMemoryOf(gateway.pid);
  const all = [...strangers, ...(await everyKind(gateway.port, isShort))];
  const opened = performance.now();
  await Promise.all(all.map((one) => one.endsWithin(PROMISED_MS + 2000)));
  const ended = all.flatMap(({ closedAt }) => closedAt ?? []);
  all.forEach((one) => one.end());
  const flood = await pingFlood(gateway);
  const during = healthy.p99();
  await pause(1000);
  return {
    strangers: open,
    kibPerStranger: full === null || before === null ? null : Math.round(((full - before) / open / 1024) * 10) / 10,
    survivors: all.length - ended.length,
    lastClosedAfterMs: Math.round(Math.max(...ended) - opened),
    pingFlood: flood,
    p99Ms: { before: quiet, during },
    memoryMib: { before: inMib(before), peak: inMib(peak.stop()), after: inMib(await residentMemoryOf(gateway.pid)) },
  };
}

async function crowd(port: number, count: number): Promise<RawSocket[]> {
  const sockets: RawSocket[] = [];
  for (let opened = 0; opened < count; opened += 50) {
    sockets.push(...(await Promise.all(Array.from({ length: 50 }, () => RawSocket.upgraded(port)))));
  }
  return sockets;
}

/** A stranger of each kind that says something, or nothing, or has left. */
async function everyKind(port: number, isShort: boolean): Promise<RawSocket[]> {
  const [refused, left, strange] = [
    await RawSocket.upgraded(port),
    await RawSocket.signedIn(port, tokenOf('who-leaves')),
    await RawSocket.upgraded(port),
  ];
  await refused.write(frame(TEXT, '40{"token":"garbage"}'));
  await left.write(frame(TEXT, '41'));
  await strange.write(frame(TEXT, '40/elsewhere,'));
  // these have eight seconds, whoever hurries
  return [refused, left, strange, ...(isShort ? [] : await beforeHttp(port))];
}

/** Strangers who never came to be asked what they want. */
async function beforeHttp(port: number): Promise<RawSocket[]> {
  const [silent, halfAsked] = [await RawSocket.tcp(port), await RawSocket.tcp(port)];
  await halfAsked.write(Buffer.from('GET /socket.io/ HTTP/1.1\r\nHost: x\r\n'));
  return [silent, halfAsked];
}

/** As many pings as go through, with nothing of what comes back read, until the server does not listen any more. */
async function pingFlood(gateway: GatewayProcess): Promise<StrangerFigures['pingFlood']> {
  const before = await residentMemoryOf(gateway.pid);
  const flood = await RawSocket.upgraded(gateway.port);
  flood.tcp.pause();
  const peak = new MemoryPeak(gateway.pid);
  let sent = 0;
  const deadline = performance.now() + 5000;
  while (flood.isOpen && performance.now() < deadline) {
    await Promise.race([flood.write(PINGS), pause(500)]);
    sent++;
  }
  const highest = peak.stop() ?? (await residentMemoryOf(gateway.pid));
  flood.end();
  return {
    isCutOff: performance.now() < deadline,
    frames: sent * 10_000,
    grownMib: highest === null || before === null ? null : inMib(Math.max(0, highest - before)),
  };
}
