import { setTimeout as pause } from 'node:timers/promises';
import type { Bench } from '../bench.ts';
import { median } from '../rig/median.ts';
import type { ConnectViewers } from '../server/load/load.program.ts';
import type { Faults } from '../server/load/viewer.ts';
import type { Truth } from '../server/node/truth.ts';
import { cpuSeconds, type Usage } from '../server/node/usage.ts';
import { Child } from '../server/rig/child.ts';
import type { NodeKind, StartRedisNode } from './node.program.ts';
import { withRedis, type RedisProcess } from './redis-process.ts';

const SECRET = 'a secret of the benches that is long enough';
const NODE = new URL('./node.program.ts', import.meta.url);
const LOAD = new URL('../server/load/load.program.ts', import.meta.url);

const KINDS = ['harmonia', 'adapter', 'stored'] as const satisfies readonly NodeKind[];
const JOBS = 300;
const PER_JOB = 50;
const VIEWERS = 5;
const ENDING = 20;
const WARM_MS = 700;
/** Longer than a flush, so that both nodes are idle again. */
const IDLE_MS = 70;
const PATIENCE_MS = 5000;

/** Two nodes on one Redis: changes happen on the first, viewers are on the second. */
interface Pair {
  readonly kind: NodeKind;
  readonly nodes: readonly [Child, Child];
  readonly load: Child;
  readonly ids: readonly string[];
}

interface Measured {
  /** µs of CPU a report, of both nodes and of Redis. */
  readonly node: number;
  readonly redis: number;
}

/** What it costs that viewers are on another node than the changes. */
export const crossNode: Bench = {
  name: 'cross-node',
  measures: `Two nodes on one Redis. ${JOBS} jobs report ${PER_JOB} times a second each on one, ${VIEWERS} viewers of all jobs are on the other; every report counts, also those that the publisher conflates. Harmonia stores state and history of each commit; Socket.IO's adapter for Redis stores nothing, and beside it is the same with five calls for each report. What the viewers show is compared in the end.`,
  figures: {
    nodeRatio: {
      what: "CPU of both nodes a report, against Socket.IO's adapter for Redis",
      unit: '×',
      atMost: 0.25,
      beside: ['harmoniaNode', 'adapterNode', 'storedNodeRatio'],
    },
    redisRatio: {
      what: "CPU of Redis a report, against Socket.IO's adapter for Redis, which stores nothing",
      unit: '×',
      atMost: 0.1,
      beside: ['harmoniaRedis', 'adapterRedis', 'storedRedisRatio'],
    },
    latency: { what: 'lone change on one node to a socket on the other, p50', unit: 'ms' },
    adapterLatency: { what: "Socket.IO's adapter", unit: 'ms' },
    harmoniaNode: { what: 'Harmonia', unit: 'µs' },
    adapterNode: { what: "Socket.IO's adapter", unit: 'µs' },
    storedNodeRatio: { what: 'against the adapter with stored states', unit: '×' },
    harmoniaRedis: { what: 'Harmonia', unit: 'µs' },
    adapterRedis: { what: "Socket.IO's adapter", unit: 'µs' },
    storedRedisRatio: { what: 'against the adapter with stored states', unit: '×' },
  },
  run: ({ full }) =>
    withRedis(async (redis) => {
      const pairs: Pair[] = [];
      try {
        for (const kind of KINDS) pairs.push(await started(kind, redis));
        const measured = await inTurns(pairs, redis, full ? 9 : 3, full ? 5000 : 2000);
        const latencies = await lone(pairs.slice(0, 2), full ? 300 : 40);
        for (const pair of pairs) await assertTruth(pair);
        return { ...figuresOf(measured), latency: latencies.harmonia, adapterLatency: latencies.adapter };
      } finally {
        await Promise.all(pairs.flatMap(({ nodes, load }) => [...nodes, load]).map((child) => child.stop()));
      }
    }),
};

async function started(kind: NodeKind, { url }: RedisProcess): Promise<Pair> {
  const [one, two, load] = [await Child.start(NODE), await Child.start(NODE), await Child.start(LOAD)];
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

async function inTurns(pairs: readonly Pair[], redis: RedisProcess, rounds: number, ms: number) {
  const measured: Record<NodeKind, Measured[]> = { harmonia: [], adapter: [], stored: [] };
  for (let round = 0; round < rounds; round++) {
    for (const { kind, nodes } of pairs) measured[kind].push(await turn(nodes, redis, ms));
  }
  return measured;
}

async function turn(nodes: Pair['nodes'], redis: RedisProcess, ms: number): Promise<Measured> {
  const [one] = nodes;
  const usages = () => Promise.all(nodes.map((node) => node.call<Usage>('usage')));
  await one.call('pump', JOBS * PER_JOB);
  await pause(WARM_MS);
  const [before, redisBefore] = [await usages(), redis.cpu()];
  await pause(ms);
  const [after, redisAfter] = [await usages(), redis.cpu()];
  await one.call('rest');
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

function figuresOf(measured: Readonly<Record<NodeKind, readonly Measured[]>>): Record<string, number> {
  const of = (kind: NodeKind, figure: keyof Measured) => median(measured[kind].map((one) => one[figure]));
  return {
    nodeRatio: of('harmonia', 'node') / of('adapter', 'node'),
    redisRatio: of('harmonia', 'redis') / of('adapter', 'redis'),
    harmoniaNode: of('harmonia', 'node'),
    adapterNode: of('adapter', 'node'),
    storedNodeRatio: of('harmonia', 'node') / of('stored', 'node'),
    harmoniaRedis: of('harmonia', 'redis'),
    adapterRedis: of('adapter', 'redis'),
    storedRedisRatio: of('harmonia', 'redis') / of('stored', 'redis'),
  };
}
