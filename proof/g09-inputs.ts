import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../test-processes/free-port.ts';
import { askAnything } from './g09/asked-inputs.ts';
import { HELD_MEMORY_HOOK, heldMemoryOf } from './g09/held-memory.ts';
import { requestAnything } from './g09/http-inputs.ts';
import { uploadAnything } from './g09/pdf-inputs.ts';
import { enginePacket, pelt, rawBytes, socketPacket } from './g09/socket-inputs.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { HealthyClient } from './rig/healthy-client.ts';
import { Random } from './rig/random.ts';
import { inMib, MemoryPeak, residentMemoryOf } from './rig/resident-memory.ts';
import { SECRET, tokenOf } from './rig/token.ts';

/** What the campaign prints. */
export interface InputFigures extends Figures {
  readonly promise: 'G9';
  readonly seed: number;
  readonly inputs: number;
  readonly byKind: Readonly<Record<'raw' | 'engine' | 'socket' | 'json' | 'http' | 'pdf', number>>;
  readonly crashes: number;
  /** Requests that wanted an answer and had none, and jobs of broken PDFs that never ended. */
  readonly unanswered: number;
  /** Requests that were answered, but after more than a second, as happens where the machine does other things, too. */
  readonly late: number;
  /** Said by the gateway on standard error of what nobody handled. */
  readonly unhandled: number;
  readonly p99Ms: number | null;
  readonly refusedOfHealthy: number;
  /**
   * What the gateway holds once its garbage was collected and everybody has gone, after a quarter of the bad input and after
   * all of it: what is bounded has filled by then.
   */
  readonly heldMib: { readonly before: number; readonly after: number };
  /** Resident, of which most is garbage that nobody had reason to collect, and what the machine was not asked for back. */
  readonly memoryMib: { readonly before: number | null; readonly peak: number | null; readonly after: number | null };
}

/** So much of the time is over when it is first measured: what is bounded has filled, and the program has run all its ways. */
const WARM_SHARE = 0.25;
/** Beyond this, something is kept of what was thrown. */
const MOST_HELD_MORE_MIB = 8;

/** [G9] Bad input of every kind at once, while somebody else goes on as usual. */
export async function proveInputs({ seed, seconds }: ProofOptions): Promise<InputFigures> {
  const started = Date.now();
  const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g09-'));
  const env = { JWT_SECRET: SECRET, DEMO_AUTH: 'false', RUN_JOBS: 'true' };
  const gateway = await GatewayProcess.start({ dataDir, port: await freePort(), env, hook: HELD_MEMORY_HOOK });
  const healthy = new HealthyClient(gateway.url, tokenOf('healthy'));
  try {
    const before = await residentMemoryOf(gateway.pid);
    const peak = new MemoryPeak(gateway.pid);
    const random = new Random(seed);
    const warm = await throwAll(gateway, random, seconds * WARM_SHARE);
    const heldBefore = await heldMemoryOf(gateway, 1);
    const rest = await throwAll(gateway, random, seconds * (1 - WARM_SHARE));
    const crashes = gateway.alive && (await gateway.ready()) ? 0 : 1;
    const unhandled = [...gateway.output.matchAll(/unhandled|uncaught|MaxListenersExceeded/gi)].length;
    const memoryMib = { before: inMib(before), peak: inMib(peak.stop()), after: inMib(await residentMemoryOf(gateway.pid)) };
    const heldMib = { before: mib(heldBefore), after: mib(await heldMemoryOf(gateway, 1)) };
    const byKind = added(warm.byKind, rest.byKind);
    const inputs = Object.values(byKind).reduce((sum, count) => sum + count, 0);
    const [unanswered, late] = [warm.unanswered + rest.unanswered, warm.late + rest.late];
    const heard = { p99Ms: healthy.p99(), refusedOfHealthy: healthy.refused.length };
    const isKept = heldMib.after > heldMib.before + MOST_HELD_MORE_MIB;
    const broken = crashes > 0 || unanswered > 0 || unhandled > 0 || heard.refusedOfHealthy > 0 || isKept;
    const took = Math.round((Date.now() - started) / 1000);
    return {
      promise: 'G9',
      seed,
      inputs,
      byKind,
      crashes,
      unanswered,
      late,
      unhandled,
      ...heard,
      heldMib,
      memoryMib,
      seconds: took,
      broken,
    };
  } finally {
    healthy.close();
    await gateway.kill();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** One source for each kind, so that each does the same with the same seed however fast the others are. */
async function throwAll({ port, url }: GatewayProcess, random: Random, seconds: number) {
  const until = performance.now() + seconds * 1000;
  const [raw, engine, socket, json, http, pdf] = await Promise.all([
    pelt(port, random.branch(), until, rawBytes),
    pelt(port, random.branch(), until, enginePacket),
    pelt(port, random.branch(), until, socketPacket),
    askAnything(url, random.branch(), until),
    requestAnything(port, random.branch(), until),
    uploadAnything(url, random.branch(), until),
  ]);
  const byKind = { raw, engine, socket, json: json.asked, http: http.asked, pdf: pdf.pdfs };
  return { byKind, unanswered: json.unanswered + http.unanswered + pdf.hung, late: json.late + http.late };
}

type ByKind = InputFigures['byKind'];

const added = (one: ByKind, other: ByKind): ByKind => ({
  raw: one.raw + other.raw,
  engine: one.engine + other.engine,
  socket: one.socket + other.socket,
  json: one.json + other.json,
  http: one.http + other.http,
  pdf: one.pdf + other.pdf,
});

const mib = (bytes: number): number => Math.round((bytes / 2 ** 20) * 10) / 10;
