import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { median } from '../rig/median.ts';
import { connectViewers, onStage, type Stage } from './rig/stage.ts';

/** Longer than a flush, so that the gateway is idle again. */
const IDLE_MS = 70;
/** A server is idle after it was busy for long, not when it has just begun: there are 20 frames a second, of thousands of events. */
const BUSY_MS = 15_000;
/** Enough to compare it with itself. */
const SHORTLY_BUSY_MS = 4000;
const WARM_UP = 10;

/** What batching must not cost: an event that comes alone goes at once. */
export const loneEvent: Bench = {
  name: 'lone-event',
  measures:
    'One change on an idle server, from the moment the server learns of it until a viewer has read it; Harmonia and bare Socket.IO take turns.',
  figures: {
    ratio: { what: 'lone event on an idle server, p50, against bare Socket.IO', unit: '×', atMost: 1.3, beside: ['harmonia', 'bare'] },
    harmonia: { what: 'Harmonia', unit: 'ms' },
    bare: { what: 'bare Socket.IO', unit: 'ms' },
  },
  run: ({ full, seed }) =>
    onStage({ kind: 'harmonia', stream: streamOf(seed) }, (harmonia) =>
      onStage({ kind: 'socketio', stream: streamOf(seed) }, async (bare) => {
        await watchSync(harmonia);
        await connectViewers(bare, { viewers: 1, sampled: 1, auth: {}, watch: { kind: 'all', words: 'guide' } });
        await beBusy([harmonia, bare], BUSY_MS);
        return inTurns(harmonia, bare, full ? 1000 : 80);
      }),
    ),
  costs: (seed) =>
    onStage({ kind: 'harmonia', stream: streamOf(seed) }, async (harmonia) => {
      await watchSync(harmonia);
      await beBusy([harmonia], SHORTLY_BUSY_MS);
      const took: number[] = [];
      for (let round = 0; round < 40 + WARM_UP; round++) took.push(await latency(harmonia, round));
      return [{ what: 'lone event on an idle server, p50', unit: 'ms', value: median(took.slice(WARM_UP)) }];
    }),
};

// many ends: what is told singly warms the gateway's code as it warms the other's, where frames are too few to
const streamOf = (seed: number) => ({ seed, jobs: 100, progress: 'steps', endsEvery: 3 }) as const;

const watchSync = (harmonia: Stage) =>
  connectViewers(harmonia, { viewers: 1, sampled: 1, auth: { protocol: 1 }, watch: { kind: 'all', words: 'sync' } });

async function beBusy(stages: readonly Stage[], ms: number): Promise<void> {
  await Promise.all(stages.map(({ server }) => server.call('pump', 5000)));
  await pause(ms);
  await Promise.all(stages.map(({ server }) => server.call('rest')));
}

async function inTurns(harmonia: Stage, bare: Stage, rounds: number): Promise<Record<string, number>> {
  const [ours, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds + WARM_UP; round++) {
    // who comes first changes, since it wakes the machine for the other
    for (const stage of round % 2 === 0 ? [harmonia, bare] : [bare, harmonia]) {
      const took = await latency(stage, round);
      if (round >= WARM_UP) (stage === harmonia ? ours : theirs).push(took);
    }
  }
  return { ratio: median(ours) / median(theirs), harmonia: median(ours), bare: median(theirs) };
}

async function latency({ server, load, ids }: Stage, round: number): Promise<number> {
  await pause(IDLE_MS);
  const arrival = load.call<number>('next');
  // answers come in order: after this one the load is waiting
  await load.call('got');
  const toldAt = await server.call<number>('progress', ids[round % ids.length]);
  return (await arrival) - toldAt;
}
