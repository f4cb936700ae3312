import type { Bench } from '../bench.ts';
import type { Watch } from './load/watch.ts';
import { cpuSeconds, type Usage } from './node/usage.ts';
import { connectViewers, onStage, type StageOptions } from './rig/stage.ts';

const CLIENTS = 1000;

/** A thousand come at once, as after a deployment. */
export const sameRoom: Bench = {
  name: 'same-room',
  measures: '1,000 connected clients ask for the same list of 1,000 jobs at once: until the last has its first page of 500.',
  figures: {
    encoded: {
      what: 'times that a page is encoded for 1,000 clients who subscribe at once',
      unit: '',
      atMost: 1,
      beside: ['cpu', 'time', 'bareEncoded', 'bareCpu', 'bareTime'],
    },
    cpu: { what: 'CPU', unit: 'ms' },
    time: { what: 'until the last is answered', unit: 'ms' },
    bareEncoded: { what: 'bare Socket.IO that answers with the page:', unit: 'times' },
    bareCpu: { what: 'its CPU', unit: 'ms' },
    bareTime: { what: 'until the last is answered', unit: 'ms' },
  },
  run: async ({ seed }) => {
    const stream = { seed, jobs: 1000, progress: 'steps', endsEvery: 1000 } as const;
    const harmonia = await subscribed({ kind: 'harmonia', stream }, { protocol: 1 }, { kind: 'all', words: 'sync' });
    const bare = await subscribed({ kind: 'socketio', stream }, {}, { kind: 'all', words: 'ask' });
    return { ...harmonia, bareEncoded: bare.encoded, bareCpu: bare.cpu, bareTime: bare.time };
  },
};

function subscribed(options: StageOptions, auth: object, watch: Watch) {
  return onStage(options, async (stage) => {
    const { server, load } = stage;
    await connectViewers(stage, { viewers: CLIENTS, sampled: 0, auth: { ...auth }, watch: { kind: 'none', words: watch.words } });
    await server.call('longTexts');
    const before = await server.call<Usage>('usage');
    const time = await load.call<number>('watchTogether', watch);
    const cpu = 1000 * cpuSeconds(before, await server.call<Usage>('usage'));
    return { encoded: await server.call<number>('longTexts'), cpu, time };
  });
}
