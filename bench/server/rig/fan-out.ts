import { setTimeout as pause } from 'node:timers/promises';
import type { Ages, ConnectViewers, Got } from '../load/load.program.ts';
import type { Faults } from '../load/viewer.ts';
import type { Watch } from '../load/watch.ts';
import type { ServerKind, StartNode } from '../node/node.program.ts';
import type { Truth } from '../node/truth.ts';
import { cpuSeconds, type Usage } from '../node/usage.ts';
import type { StreamOptions } from '../stream/seeded-jobs.ts';
import { Child } from './child.ts';

/** One server, its viewers, and how fast their jobs change. */
export interface FanOutOptions {
  readonly kind: ServerKind;
  readonly stream: StreamOptions;
  /** Changes a second. */
  readonly rate: number;
  readonly viewers: number;
  readonly auth?: Readonly<Record<string, unknown>>;
  /** The gateway compresses frames for clients that say that they can inflate. */
  readonly compression?: boolean;
  /** What the viewers watch, of these jobs. */
  readonly watch: (ids: readonly string[]) => Watch;
  /** How long is measured. */
  readonly seconds: number;
  /** More options of Node's for the server. */
  readonly flags?: readonly string[];
}

/** What one server did for its viewers while it was measured. */
export interface FanOutFigures {
  /** Changes of what a viewer watches that it saw, or saw superseded, per second of the server's CPU. */
  readonly seenPerCpuSecond: number;
  /** Messages to all viewers together, per second of the server's CPU. */
  readonly messagesPerCpuSecond: number;
  readonly bytesPerSeen: number;
  readonly bytesPerRow: number;
  readonly ages: Ages;
  /** Of one core. */
  readonly cpuShare: number;
  readonly changesPerSecond: number;
}

/** What signs the tokens of a bench. */
export const SECRET = 'a secret of the benches that is long enough';

const NODE = new URL('../node/node.program.ts', import.meta.url);
const LOAD = new URL('../load/load.program.ts', import.meta.url);

const WARM_MS = 1500;
const QUIET_MS = 400;
const SAMPLED = 2;

/**
 * Lets one server tell a stream to its viewers and measures it for a while; then compares what every viewer shows with the
 * truth.
 *
 * @throws Error when a viewer shows something else, or did not hear of each end exactly once
 */
export async function fanOut(options: FanOutOptions): Promise<FanOutFigures> {
  const [server, load] = [await Child.start(NODE, options.flags), await Child.start(LOAD)];
  try {
    await connectViewers(server, load, options);
    await server.call('pump', options.rate);
    await load.call('turnPages');
    await pause(WARM_MS);
    const figures = await measured(server, load, options);
    await assertTruth(server, load, options);
    return figures;
  } finally {
    await Promise.all([server.stop(), load.stop()]);
  }
}

async function connectViewers(
  server: Child,
  load: Child,
  { kind, stream, viewers, auth = {}, compression = false, watch }: FanOutOptions,
): Promise<void> {
  const start: StartNode = { kind, stream, secret: SECRET, compression };
  const { port, ids } = await server.call<{ port: number; ids: readonly string[] }>('start', start);
  const connect: ConnectViewers = { port, secret: SECRET, viewers, sampled: SAMPLED, auth, watch: watch(ids) };
  await load.call('connect', connect);
}

async function measured(server: Child, load: Child, { seconds, viewers }: FanOutOptions): Promise<FanOutFigures> {
  await load.call('ages');
  const [gotBefore, before] = [await load.call<Got>('got'), await server.call<Usage>('usage')];
  await pause(seconds * 1000);
  const [gotAfter, after] = [await load.call<Got>('got'), await server.call<Usage>('usage')];
  const cpu = cpuSeconds(before, after);
  const seen = gotAfter.seen - gotBefore.seen;
  const bytes = (gotAfter.bytes - gotBefore.bytes) / viewers;
  return {
    seenPerCpuSecond: seen / cpu,
    messagesPerCpuSecond: (gotAfter.messages - gotBefore.messages) / cpu,
    bytesPerSeen: bytes / seen,
    bytesPerRow: bytes / (gotAfter.rows - gotBefore.rows),
    ages: await load.call<Ages>('ages'),
    cpuShare: (cpu * 1000) / (after.at - before.at),
    changesPerSecond: ((after.changes - before.changes) * 1000) / (after.at - before.at),
  };
}

/** Every job changes once more, under the eyes of all viewers; then the stream rests. */
async function assertTruth(server: Child, load: Child, { kind, stream }: FanOutOptions): Promise<void> {
  await load.call('stopTurning');
  await load.call('lookClosely');
  const { changes } = await server.call<Usage>('usage');
  while ((await server.call<Usage>('usage')).changes < changes + 2 * stream.jobs) await pause(20);
  await server.call('rest');
  while ((await load.call<number>('quietFor')) < QUIET_MS) await pause(50);
  const closed = await load.call<number>('closed');
  if (closed > 0) throw new Error(`The server of ${kind} closed ${closed} viewers: this machine is too busy to measure anything.`);
  const truth = await server.call<Truth>('truth');
  const faults = await load.call<Faults>('check', truth);
  if (faults.wrong + faults.lostEnds + faults.repeatedEnds > 0)
    throw new Error(`Viewers of ${kind} show something else than the stream said: ${JSON.stringify(faults)}`);
}
