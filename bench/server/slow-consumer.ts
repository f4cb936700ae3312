import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { kernelBytes } from './rig/kernel-buffers.ts';
import type { Ages } from './load/load.program.ts';
import type { Memory } from './node/usage.ts';
import { assertTruth } from './rig/fan-out.ts';
import { connectViewers, onStage, type Stage } from './rig/stage.ts';

const FLUSH_MS = 50;
const RATE = 10_000;
const MIB = 2 ** 20;

/** A client that stops reading, in a tunnel or in a frozen tab, beside two that go on: alone, since those who stop together share what they are to get. */
export const slowConsumer: Bench = {
  name: 'slow-consumer',
  measures:
    'One of three viewers of 1,000 jobs with 10,000 changes a second stops reading for 10 s: what the server holds for it above one that reads, and how soon it shows what had happened until it read again. Every end reaches it exactly once.',
  figures: {
    memory: {
      what: 'a client that stops reading: memory above one that reads, at its peak',
      unit: 'MiB',
      atMost: 1,
      beside: ['kernel', 'bareGrowth'],
    },
    fresh: { what: 'until it has caught up after resuming', unit: 'ms', atMost: FLUSH_MS + 100, beside: ['healthy'] },
    kernel: { what: 'in kernel buffers', unit: 'MiB' },
    bareGrowth: { what: 'bare Socket.IO grows by', unit: 'MiB/s' },
    healthy: { what: 'age of what the others see meanwhile, p99', unit: 'ms' },
  },
  run: async ({ full, seed }) => {
    const stream = { seed, jobs: 1000, progress: 'time', endsEvery: 500 } as const;
    const harmonia = await onStage({ kind: 'harmonia', stream }, async (stage) => {
      const viewers = { viewers: 3, sampled: 3, auth: { protocol: 1 }, watch: { kind: 'all', words: 'sync' } } as const;
      await connectViewers(stage, viewers);
      const stalled = await stall(stage, full ? 25 : 10);
      const versions = await stage.server.call<ReadonlyMap<string, number>>('versions');
      const [fresh = NaN] = await stage.load.call<readonly number[]>('resume', { count: 1, versions });
      await assertTruth(stage, { kind: 'harmonia', stream });
      return { ...stalled, fresh };
    });
    const bare = await onStage({ kind: 'socketio', stream }, async (stage) => {
      await connectViewers(stage, { viewers: 3, sampled: 3, auth: {}, watch: { kind: 'all', words: 'guide' } });
      return stall(stage, 5);
    });
    return {
      memory: harmonia.memory,
      fresh: harmonia.fresh,
      kernel: harmonia.kernel,
      bareGrowth: bare.memory / 5,
      healthy: harmonia.healthy,
    };
  },
};

/** What the server holds for the one that stops reading, at its highest, in MiB. */
async function stall({ server, load, port }: Stage, seconds: number) {
  await server.call('pump', RATE);
  await pause(2000);
  const before = await server.call<Memory>('memory');
  await load.call('ages');
  await load.call('stall', 1);
  const peaks: number[] = [];
  for (let second = 0; second < seconds; second++) {
    await pause(1000);
    peaks.push((await server.call<Memory>('memory')).live);
  }
  const { p99 } = await load.call<Ages>('ages');
  const memory = (Math.max(...peaks) - before.live) / MIB;
  return { memory, kernel: (await kernelBytes(port)) / MIB, healthy: p99 };
}
