import { setTimeout as pause } from 'node:timers/promises';
import type { CalledProgram } from '../../test-processes/called-program.ts';
import type { RedisServer } from '../../test-processes/redis-server.ts';
import type { Bench } from '../bench.ts';
import { median } from '../rig/median.ts';
import type { ConnectViewers } from '../server/load/load.program.ts';
import type { Faults } from '../server/load/viewer.ts';
import type { Truth } from '../server/node/truth.ts';
import { cpuSeconds, type Usage } from '../server/node/usage.ts';
import { startProgram } from '../server/rig/start-program.ts';
import type { NodeKind, StartRedisNode } from './node.program.ts';
import { withRedis } from './with-redis.ts';

const SECRET = 'a secret of the benches that is long enough';
const NODE = new URL('./node.program.ts', import.meta.url);
const LOAD = new URL('../server/load/load.program.ts', import.meta.url);

const KINDS = ['harmonia', 'adapter', 'stored'] as const satisfies readonly NodeKind[];
/**
 * How often jobs report. Harmonia conflates to 20 commits a second and job [L3], the peers tell every report; so what a report
 * costs them does not hang on how often jobs report, and of more than they manage they are given what they manage.
 */
const RATES = {
  steady: { jobs: 300, perJob: 50, most: { harmonia: Infinity, adapter: Infinity, stored: Infinity } },
  busy: { jobs: 200, perJob: 500, most: { harmonia: Infinity, adapter: 40_000, stored: 15_000 } },
} as const satisfies Record<string, Rate>;
const JOBS = 300;
const VIEWERS = 5;
const ENDING = 20;
const WARM_MS = 1000;
/** Nothing more is on its way to the viewers. */
const QUIET_MS = 300;
/** Longer than a flush, so that both nodes are idle again. */
const IDLE_MS = 70;
const PATIENCE_MS = 5000;

interface Rate {
  readonly jobs: number;
  /** Reports a second. */
  readonly perJob: number;
  /** Reports a second in all that are told at most. */
  readonly most: Readonly<Record<NodeKind, number>>;
}

type RateName = keyof typeof RATES;

/** Two nodes on one Redis: changes happen on the first, viewers are on the second. */
interface Pair {
  readonly kind: NodeKind;
  readonly nodes: readonly [CalledProgram, CalledProgram];
  readonly load: CalledProgram;
  readonly ids: readonly string[];
}

interface Measured {
  /** µs of CPU a report, of both nodes and of Redis. */
  readonly node: number;
  readonly redis: number;
}

const ratioFigures = (rate: RateName, often: string) => ({
  [`${rate}NodeRatio`]: {
    what: `CPU of both nodes a report, ${often}, against Socket.IO's adapter for Redis, which stores nothing`,
    unit: '×',
    atMost: 0.25,
    beside: ['HarmoniaNode', 'AdapterNode', 'StoredNodeRatio'].map((name) => rate + name),
  },
  [`${rate}RedisRatio`]: {
    what: `CPU of Redis a report, ${often}, against Socket.IO's adapter for Redis, which stores nothing`,
    unit: '×',
    atMost: 0.1,
    beside: ['HarmoniaRedis', 'AdapterRedis', 'StoredRedisRatio'].map((name) => rate + name),
  },
  [`${rate}HarmoniaNode`]: { what: 'Harmonia', unit: 'µs' },
  [`${rate}AdapterNode`]: { what: "Socket.IO's adapter", unit: 'µs' },
  [`${rate}StoredNodeRatio`]: { what: 'against the adapter with stored states', unit: '×' },
  [`${rate}HarmoniaRedis`]: { what: 'Harmonia', unit: 'µs' },
  [`${rate}AdapterRedis`]: { what: "Socket.IO's adapter", unit: 'µs' },
  [`${rate}StoredRedisRatio`]: { what: 'against the adapter with stored states', unit: '×' },
});

/** What it costs that viewers are on another node than the changes. */
export const crossNode: Bench = {
  name: 'cross-node',
  measures: `Two nodes on one Redis. Jobs report on one, ${VIEWERS} viewers of all jobs are on the other; CPU is counted from rest to rest, for every report that was told, also for those that Harmonia's publisher conflates to 20 commits a second and job. Two rates: 300 jobs × 50 reports a second, and 200 jobs × 500, of which the peers, who tell each, are given the 40,000 and 15,000 a second that they manage. Harmonia stores state and history of each commit; Socket.IO's adapter for Redis stores nothing; the peer that does what Harmonia does is the same with state, history, trim, expiry and publish as five calls for each report. What the viewers show is compared in the end.`,
  figures: {
    ...ratioFigures('steady', '300 jobs × 50 a second'),
    ...ratioFigures('busy', '200 jobs × 500 a second'),
    latency: { what: 'lone change on one node to a socket on the other, p50', unit: 'ms', beside: ['adapterLatency', 'addedLatency'] },
    adapterLatency: { what: "Socket.IO's adapter", unit: 'ms' },
    addedLatency: { what: 'more than that', unit: 'ms' },
  },
  run: ({ full }) =>
    withRedis(async (redis) => {
      const pairs: Pair[] = [];
      try {
        for (const kind of KINDS) pairs.push(await started(kind, redis));
        const [rounds, ms] = full ? [9, 5000] : [2, 1700];
        const steady = await inTurns(pairs, redis, RATES.steady, rounds, ms);
        const busy = await inTurns(pairs, redis, RATES.busy, rounds, ms);
        const { harmonia, adapter } = await lone(pairs.slice(0, 2), full ? 300 : 40);
        for (const pair of pairs) await assertTruth(pair);
        const latencies = { latency: harmonia, adapterLatency: adapter, addedLatency: harmonia - adapter };
        return { ...figuresOf('steady', steady), ...figuresOf('busy', busy), ...latencies };
      } finally {
        await Promise.all(pairs.flatMap(({ nodes, load }) => [...nodes, load]).map((child) => child.stop()));
      }
    }),
};

async function started(kind: NodeKind, { url }: RedisServer): Promise<Pair> {
  const [one, two, load] = [await startProgram(NODE), await startProgram(NODE), await startProgram(LOAD)];
  const start: StartRedisNode = { kind, url, secret: SECRET };
  await one.call('start', start);
  const port = await two.call<number>('start', start);
  const ids = Array.from({ length: JOBS }, (_, index) => `${kind}-${String(index).padStart(12, '0')}-4c3d-9e8f`);
  await one.call('create', ids);
  const words = kind === 'harmonia' ? 'sync' : 'guide';
  const auth = kind === 'harmonia' ? { protocol: 1 } : {};
  const viewers: ConnectViewers = { port, secret: SECRET, viewers: VIEWERS, sampled: 1, auth, watch: { kind: 'all', words } };
  await load.call('connect', viewers);
  return { kind, nodes: [one, two], load, ids };
}

async function inTurns(pairs: readonly Pair[], redis: RedisServer, rate: Rate, rounds: number, ms: number) {
  const measured: Record<NodeKind, Measured[]> = { harmonia: [], adapter: [], stored: [] };
  // the first round warms
  for (let round = 0; round <= rounds; round++) {
    for (const pair of pairs) {
      const one = await turn(pair, redis, rate, round === 0 ? WARM_MS : ms);
      if (round > 0) measured[pair.kind].push(one);
    }
  }
  return measured;
}

/** From rest to rest: what is told late counts too. */
async function turn({ kind, nodes, load }: Pair, redis: RedisServer, { jobs, perJob, most }: Rate, ms: number): Promise<Measured> {
  const [one] = nodes;
  const usages = () => Promise.all(nodes.map((node) => node.call<Usage>('usage')));
  const [before, redisBefore] = [await usages(), redis.cpu()];
  await one.call('pump', { jobs, rate: Math.min(jobs * perJob, most[kind]) });
  await pause(ms);
  await one.call('rest');
  while ((await load.call<number>('quietFor')) < QUIET_MS) await pause(QUIET_MS / 3);
  const [after, redisAfter] = [await usages(), redis.cpu()];
  const reports = sumOf(after, before, (now, then) => now.changes - then.changes);
  const node = sumOf(after, before, (now, then) => cpuSeconds(then, now));
  return { node: (1e6 * node) / reports, redis: (1e6 * (redisAfter - redisBefore)) / reports };
}

function sumOf(after: readonly Usage[], before: readonly Usage[], of: (now: Usage, then: Usage) => number): number {
  return after.reduce((sum, now, index) => sum + of(now, before[index] ?? now), 0);
}

/** Both in turns, each after a rest. */
async function lone(pairs: readonly Pair[], rounds: number): Promise<Record<NodeKind, number>> {
  const took: Record<NodeKind, number[]> = { harmonia: [], adapter: [], stored: [0] };
  for (let round = 0; round < rounds; round++) {
    for (const { kind, nodes, load, ids } of pairs) {
      await pause(IDLE_MS);
      const arrival = load.call<number>('next');
      // answers come in order: after this one the load is waiting
      await load.call('got');
      const toldAt = await nodes[0].call<number>('lone', ids[round % ids.length]);
      took[kind].push((await arrival) - toldAt);
    }
  }
  return { harmonia: median(took.harmonia), adapter: median(took.adapter), stored: NaN };
}

/** @throws Error when a viewer shows something else than was reported, or did not hear of each end once */
async function assertTruth({ kind, nodes, load, ids }: Pair): Promise<void> {
  await load.call('lookClosely');
  await nodes[0].call('finish', ids.slice(0, ENDING));
  const truth = await nodes[0].call<Truth>('truth');
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    await pause(200);
    const faults = await load.call<Faults>('check', truth);
    if (faults.wrong + faults.lostEnds + faults.repeatedEnds === 0) return;
    if (performance.now() > until) throw new Error(`Viewers of ${kind} show something else than was reported: ${JSON.stringify(faults)}`);
  }
}

function figuresOf(rate: RateName, measured: Readonly<Record<NodeKind, readonly Measured[]>>): Record<string, number> {
  const of = (kind: NodeKind, figure: keyof Measured) => median(measured[kind].map((one) => one[figure]));
  return {
    [`${rate}NodeRatio`]: of('harmonia', 'node') / of('adapter', 'node'),
    [`${rate}RedisRatio`]: of('harmonia', 'redis') / of('adapter', 'redis'),
    [`${rate}HarmoniaNode`]: of('harmonia', 'node'),
    [`${rate}AdapterNode`]: of('adapter', 'node'),
    [`${rate}StoredNodeRatio`]: of('harmonia', 'node') / of('stored', 'node'),
    [`${rate}HarmoniaRedis`]: of('harmonia', 'redis'),
    [`${rate}AdapterRedis`]: of('adapter', 'redis'),
    [`${rate}StoredRedisRatio`]: of('harmonia', 'redis') / of('stored', 'redis'),
  };
}
