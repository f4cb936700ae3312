import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import type { Words } from './load/watch.ts';
import type { ServerKind } from './node/node.program.ts';
import type { Memory } from './node/usage.ts';
import { connectViewers, onStage } from './rig/stage.ts';

const CONNECTIONS = 5000;
const SETTLE_MS = 1500;

/** What a client costs that is only there. */
export const idleMemory: Bench = {
  name: 'idle-memory',
  measures:
    "5,000 clients that are signed in and in their user's room, while nothing happens: what the server's process holds for each, after a collection.",
  figures: {
    ratio: {
      what: 'memory per idle connection at 5,000, against a bare Nest gateway',
      unit: '×',
      atMost: 1.2,
      beside: ['harmonia', 'nest', 'resident', 'nestResident'],
    },
    harmonia: { what: 'Harmonia, live', unit: 'KiB' },
    nest: { what: 'bare Nest, live', unit: 'KiB' },
    resident: { what: 'Harmonia, resident', unit: 'KiB' },
    nestResident: { what: 'bare Nest, resident', unit: 'KiB' },
  },
  run: async ({ seed }) => {
    const nest = await perConnection('nest', seed, {}, 'guide');
    const harmonia = await perConnection('harmonia', seed, { protocol: 1 }, 'sync');
    return {
      ratio: harmonia.live / nest.live,
      harmonia: harmonia.live,
      nest: nest.live,
      resident: harmonia.resident,
      nestResident: nest.resident,
    };
  },
};

function perConnection(kind: ServerKind, seed: number, auth: Readonly<Record<string, unknown>>, words: Words): Promise<Memory> {
  const stream = { seed, jobs: 10, progress: 'steps', endsEvery: 1000 } as const;
  return onStage({ kind, stream }, async (stage) => {
    // a first client brings what is made once
    const viewers = { sampled: 0, auth, watch: { kind: 'user', words } } as const;
    await connectViewers(stage, { ...viewers, viewers: 20 });
    const before = await settled();
    await connectViewers(stage, { ...viewers, viewers: CONNECTIONS });
    const after = await settled();
    const each = (what: keyof Memory) => (after[what] - before[what]) / CONNECTIONS / 1024;
    return { live: each('live'), resident: each('resident') };

    async function settled(): Promise<Memory> {
      await pause(SETTLE_MS);
      await stage.server.call('memory');
      return stage.server.call<Memory>('memory');
    }
  });
}
