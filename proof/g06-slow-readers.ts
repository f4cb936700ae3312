import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../test-processes/free-port.ts';
import { ReportLoad } from './g06/report-load.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { HealthyClient } from './rig/healthy-client.ts';
import { frame, RawSocket, TEXT } from './rig/raw-socket.ts';
import { inMib, MemoryPeak, residentMemoryOf } from './rig/resident-memory.ts';
import { SECRET, tokenOf } from './rig/token.ts';

const PROMISED_MIB = 1;
const PATIENCE_MS = 30_000;
/** Closing takes a second for whoever might still read, and it is looked at now and then. */
const GRACE_MS = 5_000;
const LONG_SECONDS = 45;
/** In short, and in long. */
const SLOW = [80, 200] as const;
const JOBS = 100;
const PONG = frame(TEXT, '3');
const PONG_EVERY_MS = 3000;
/** Collects the garbage of the gateway and says what is left. */
const HOOK = new URL('./g18/measure-hook.mjs', import.meta.url);
const SUBSCRIBE = frame(TEXT, '421["jobs:subscribe:user"]');

/** What the campaign prints. */
export interface SlowReaderFigures extends Figures {
  readonly promise: 'G6';
  /** Clients that stop reading, half of them plain. */
  readonly slow: number;
  /** Changes that they were not told of one by one. */
  readonly reports: number;
  /** What the gateway holds for each of them, above what it held with as many idle ones, garbage not counted. */
  readonly mibPerSlow: number;
  readonly p99Ms: { readonly without: number | null; readonly with: number | null };
  /** Jobs that one showed after it read again, of all that had changed. */
  readonly caughtUp: number;
  readonly jobs: number;
  /**
   * How long the last of those that know frames was kept after it had stopped reading; of a plain one only what waits in the
   * server is noticed, so it may take until the kernel holds no more. Null in short, which ends before.
   */
  readonly droppedAfterMs: number | null;
  readonly memoryMib: { readonly before: number | null; readonly peak: number | null; readonly after: number | null };
}

/** [G6] Clients that stop reading while much happens: what they cost, what they get when they read again, when they are dropped. */
export async function proveSlowReaders({ seconds }: ProofOptions): Promise<SlowReaderFigures> {
  const started = Date.now();
  const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g06-'));
  const env = { JWT_SECRET: SECRET, DEMO_AUTH: 'false' };
  const gateway = await GatewayProcess.start({ dataDir, port: await freePort(), env, hook: HOOK });
  const load = new ReportLoad(gateway.url, JOBS);
  const healthy = new HealthyClient(gateway.url, tokenOf('healthy'));
  try {
    await load.start('busy');
    const figures = await stall(gateway, load, healthy, seconds);
    const { mibPerSlow, caughtUp, droppedAfterMs } = figures;
    const isLong = seconds >= LONG_SECONDS;
    // in short a moment of the machine, or of the collector, weighs more
    const isDear = isLong && mibPerSlow > PROMISED_MIB;
    const isLate = droppedAfterMs !== null && droppedAfterMs > PATIENCE_MS + GRACE_MS;
    const { without, with: beside } = figures.p99Ms;
    const isNoticed = isLong && (beside ?? 0) > 2 * (without ?? 0) + 200;
    const broken = isDear || isNoticed || isLate || caughtUp < JOBS || healthy.refused.length > 0 || !gateway.alive;
    return { promise: 'G6', ...figures, seconds: Math.round((Date.now() - started) / 1000), broken };
  } finally {
    await load.stop().catch(() => undefined);
    healthy.close();
    await gateway.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

type Stalled = Omit<SlowReaderFigures, 'promise' | 'seconds' | 'broken'>;

async function stall(gateway: GatewayProcess, load: ReportLoad, healthy: HealthyClient, seconds: number): Promise<Stalled> {
  const isLong = seconds >= LONG_SECONDS;
  const count = SLOW[isLong ? 1 : 0];
  const phaseMs = isLong ? 10_000 : 1500;
  const idle = await Promise.all(Array.from({ length: count }, () => RawSocket.signedIn(gateway.port, tokenOf('idle'))));
  const slow: Reader[] = [];
  // a page that hangs is missed after 15 s; these say that they are there, and read nothing all the same
  const pongs = setInterval(() => {
    for (const socket of [...idle, ...slow.map((one) => one.socket)]) void socket.write(PONG);
  }, PONG_EVERY_MS);
  await pause(phaseMs / 2);
  healthy.p99();
  const calm = new MemoryPeak(gateway.pid);
  await pause(phaseMs);
  const before = calm.stop();
  const held = await heldBy(gateway);
  const without = healthy.p99();
  const told = load.reports;
  const peak = new MemoryPeak(gateway.pid);
  slow.push(...(await Promise.all(Array.from({ length: count }, (_, index) => slowReader(gateway.port, index % 2 === 0)))));
  const stoppedAt = performance.now();
  // that they came is another thing than that they stay
  healthy.p99();
  await pause(phaseMs);
  const withSlow = healthy.p99();
  const highest = peak.stop();
  const heldWithSlow = await heldBy(gateway);
  const caughtUp = await readsAgain(slow[0]);
  const droppedAfterMs = isLong ? await dropped(gateway, count + count / 2 + 2, stoppedAt) : null;
  clearInterval(pongs);
  idle.forEach((socket) => socket.end());
  slow.forEach(({ socket }) => socket.end());
  return {
    slow: count,
    reports: load.reports - told,
    mibPerSlow: Math.round(((heldWithSlow - held) / count / 2 ** 20) * 100) / 100,
    p99Ms: { without, with: withSlow },
    caughtUp,
    jobs: JOBS,
    droppedAfterMs,
    memoryMib: { before: inMib(before), peak: inMib(highest), after: inMib(await residentMemoryOf(gateway.pid)) },
  };
}

/** Somebody who reads, and says so as often as it is asked, until it stops. */
interface Reader {
  readonly socket: RawSocket;
  /** The jobs that it was told of since it was last emptied. */
  readonly shown: Set<string>;
}

async function slowReader(port: number, knowsFrames: boolean): Promise<Reader> {
  const socket = await RawSocket.signedIn(port, tokenOf('busy'), knowsFrames ? { protocol: 1 } : {});
  const shown = new Set<string>();
  let rest = '';
  socket.tcp.on('data', (chunk) => {
    const text = rest + chunk.toString('latin1');
    for (const [, id] of text.matchAll(/(g6-\d+)(?=[ "])/g)) if (id) shown.add(id);
    for (const [, ack] of text.matchAll(/42(\d+)\["session:mark"\]/g)) void socket.write(frame(TEXT, `43${ack}[]`));
    // what may go on in the next chunk; a mark that was whole is not acknowledged twice
    rest = /session:mark"\]/.test(text.slice(-32)) ? '' : text.slice(-32);
  });
  await socket.write(SUBSCRIBE);
  // whoever knows frames may get the list as bytes beside the answer
  await socket.hears(knowsFrames ? '1["' : '431[', 1000);
  socket.tcp.pause();
  return { socket, shown };
}

/** How many jobs it shows once it reads again. */
async function readsAgain(reader: Reader | undefined): Promise<number> {
  if (!reader) return 0;
  reader.shown.clear();
  reader.socket.tcp.resume();
  const deadline = performance.now() + 5000;
  while (reader.shown.size < JOBS && performance.now() < deadline) await pause(20);
  return reader.shown.size;
}

let asked = 0;

/** In bytes; what it says of itself, once it has collected its garbage. */
async function heldBy(gateway: GatewayProcess): Promise<number> {
  process.kill(gateway.pid ?? 0, 'SIGUSR2');
  const line = new RegExp(`^measured ${++asked} .*"heapBytes":(\\d+)`, 'm');
  for (;;) {
    const [, bytes] = line.exec(gateway.output) ?? [];
    if (bytes !== undefined) return Number(bytes);
    if (!gateway.alive) throw new Error('The gateway has ended.');
    await pause(10);
  }
}

/** When only so many are connected any more, by what the gateway says of itself. */
async function dropped({ url }: GatewayProcess, left: number, since: number): Promise<number> {
  const headers = { authorization: `Bearer ${tokenOf('root', { roles: ['admin'] })}` };
  while (performance.now() - since < PATIENCE_MS + GRACE_MS * 4) {
    const answer = (await (await fetch(`${url}/api/v1/websocket/stats`, { headers })).json()) as { data?: { connected?: number } };
    if ((answer.data?.connected ?? Infinity) <= left) break;
    await pause(250);
  }
  return Math.round(performance.now() - since);
}
