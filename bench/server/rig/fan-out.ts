import { setTimeout as pause } from 'node:timers/promises';
import type { CalledProgram } from '../../../test-processes/called-program.ts';
import type { Ages, Got } from '../load/load.program.ts';
import type { Faults } from '../load/viewer.ts';
import type { Watch } from '../load/watch.ts';
import type { Truth } from '../node/truth.ts';
import { cpuSeconds, type Usage } from '../node/usage.ts';
import { connectViewers, onStage, type Stage, type StageOptions } from './stage.ts';

/** One server, its viewers, and how fast their jobs change. */
export interface FanOutOptions extends StageOptions {
  /** Changes a second. */
  readonly rate: number;
  readonly viewers: number;
  readonly auth?: Readonly<Record<string, unknown>>;
  /** What the viewers watch, of these jobs. */
  readonly watch: (ids: readonly string[]) => Watch;
  /** How long is measured. */
  readonly seconds: number;
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

const WARM_MS = 1500;
/**
 * In how many rounds every job tells all that a viewer shows: the guide's says progress and status apart, and a job that
 * ended, was retried and started again speaks of its progress only then.
 */
const ROUNDS = { harmonia: 2, guide: 5, socketio: 5, nest: 0 } as const;
const QUIET_MS = 200;
/** When nothing came for so long, nothing more will come. */
const PATIENCE_MS = 3000;
const SAMPLED = 2;

/**
 * Lets one server tell a stream to its viewers and measures it for a while; then compares what every viewer shows with the
 * truth.
 *
 * @throws Error when a viewer shows something else, or did not hear of each end exactly once
 */
export function fanOut(options: FanOutOptions): Promise<FanOutFigures> {
  const { viewers, auth = {}, watch, rate } = options;
  return onStage(options, async (stage) => {
    const { server, load, ids } = stage;
    await connectViewers(stage, { viewers, sampled: SAMPLED, auth, watch: watch(ids) });
    await server.call('pump', rate);
    await load.call('turnPages');
    await pause(WARM_MS);
    const figures = await measured(server, load, options);
    await assertTruth(stage, options);
    return figures;
  });
}

async function measured(server: CalledProgram, load: CalledProgram, { seconds, viewers }: FanOutOptions): Promise<FanOutFigures> {
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

/** Every job speaks once more, under the eyes of all viewers; then the stream rests. */
export async function assertTruth({ server, load }: Stage, { kind, stream }: StageOptions): Promise<void> {
  await load.call('stopTurning');
  await load.call('lookClosely');
  const { changes } = await server.call<Usage>('usage');
  while ((await server.call<Usage>('usage')).changes < changes + ROUNDS[kind] * stream.jobs) await pause(20);
  await server.call('rest');
  const truth = await server.call<Truth>('truth');
  for (;;) {
    const quietFor = await load.call<number>('quietFor');
    const faults = quietFor < QUIET_MS ? null : await load.call<Faults>('check', truth);
    if (faults && faults.wrong + faults.lostEnds + faults.repeatedEnds === 0) return;
    if (faults && quietFor > PATIENCE_MS) throw new Error(await complaint(load, kind, faults));
    await pause(50);
  }
}

async function complaint(load: CalledProgram, kind: string, faults: Faults): Promise<string> {
  const closed = await load.call<number>('closed');
  if (closed > 0) return `The server of ${kind} closed ${closed} viewers: this machine is too busy to measure anything.`;
  return `Viewers of ${kind} show something else than the stream said: ${JSON.stringify(faults)}`;
}
