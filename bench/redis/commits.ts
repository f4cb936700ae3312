import type { CalledProgram } from '../../test-processes/called-program.ts';
import type { RedisServer } from '../../test-processes/redis-server.ts';
import type { Bench } from '../bench.ts';
import { median } from '../rig/median.ts';
import { startProgram } from '../server/rig/start-program.ts';
import type { Committed, Contender, StartCommits } from './commits.program.ts';
import { withRedis } from './with-redis.ts';

/** Who commits, and how much is asked at the same time: so many hands with so many changes each. */
interface Turn {
  readonly contender: Contender;
  readonly hands: number;
  readonly each: number;
}

const TURNS = {
  store: { contender: 'store', hands: 4, each: 100 },
  five: { contender: 'five', hands: 1, each: 1 },
  publisher: { contender: 'publisher', hands: 400, each: 1 },
  fiveAtOnce: { contender: 'five', hands: 400, each: 1 },
} as const satisfies Record<string, Turn>;

interface Measured {
  readonly perSecond: number;
  /** µs of CPU a change, of Node and of Redis. */
  readonly node: number;
  readonly redis: number;
}

type TurnName = keyof typeof TURNS;

/** How many changes a second Redis keeps, with history and news. */
export const redisCommits: Bench = {
  name: 'redis-commits',
  measures:
    'Reports of 1,000 jobs of 200 users, one in 500 ends its job: RedisJobStore with four batches of 100 at a time, as group commits make them, and through one JobPublisher with 400 changes at a time; beside state, history, trim, expiry and publish as five awaited calls, one change at a time and 400 at a time. All stored states are compared in the end.',
  figures: {
    ratio: {
      what: 'commits a second in Redis, against five awaited calls for each change',
      unit: '×',
      atLeast: 10,
      beside: ['store', 'five', 'publisherRatio', 'fiveAtOnce', 'storeRedis', 'fiveRedis'],
    },
    store: { what: 'Harmonia', unit: '/s' },
    five: { what: 'five calls, one change after the other', unit: '/s' },
    publisherRatio: { what: 'Harmonia through one publisher', unit: '×' },
    publisher: { what: 'which is', unit: '/s' },
    fiveAtOnce: { what: 'five calls, 400 changes at a time', unit: '/s' },
    storeNode: { what: 'CPU of Node a change, Harmonia', unit: 'µs' },
    fiveNode: { what: 'five calls, 400 at a time', unit: 'µs' },
    storeRedis: { what: 'CPU of Redis a change, Harmonia', unit: 'µs' },
    fiveRedis: { what: 'five calls, 400 at a time', unit: 'µs' },
  },
  run: ({ full, seed }) =>
    withRedis(async (redis) => {
      const programs = await Promise.all((['store', 'publisher', 'five'] as const).map((contender) => started(contender, redis, seed)));
      const children = new Map(programs);
      try {
        const measured = await inTurns(children, redis, full ? 9 : 4, full ? 3000 : 800);
        for (const [contender, child] of children) await assertRight(contender, child);
        return figuresOf(measured);
      } finally {
        await Promise.all([...children.values()].map((child) => child.stop()));
      }
    }),
};

async function started(contender: Contender, { url }: RedisServer, seed: number): Promise<readonly [Contender, CalledProgram]> {
  const child = await startProgram(new URL('./commits.program.ts', import.meta.url));
  const start: StartCommits = { contender, url, seed, prefix: contender };
  await child.call('start', start);
  return [contender, child];
}

async function inTurns(children: ReadonlyMap<Contender, CalledProgram>, redis: RedisServer, rounds: number, ms: number) {
  const measured: Record<TurnName, Measured[]> = { store: [], five: [], publisher: [], fiveAtOnce: [] };
  // the first round warms
  for (let round = 0; round <= rounds; round++) {
    for (const [name, { contender, hands, each }] of Object.entries(TURNS) as [TurnName, Turn][]) {
      const before = redis.cpu();
      const committed = await children.get(contender)?.call<Committed>('run', { ms, hands, each });
      if (!committed) throw new Error(`There is no contender ${contender}.`);
      const { changes, seconds, cpuSeconds } = committed;
      const spent = (cpu: number) => (1e6 * cpu) / changes;
      const one = { perSecond: changes / seconds, node: spent(cpuSeconds), redis: spent(redis.cpu() - before) };
      if (round > 0) measured[name].push(one);
    }
  }
  return measured;
}

async function assertRight(contender: Contender, child: CalledProgram): Promise<void> {
  const wrong = await child.call<number>('wrong');
  if (wrong > 0) throw new Error(`Of ${contender}, ${wrong} jobs do not stand as the stream left them.`);
}

function figuresOf(measured: Readonly<Record<TurnName, readonly Measured[]>>): Record<string, number> {
  const of = (name: TurnName, figure: keyof Measured = 'perSecond') => median(measured[name].map((one) => one[figure]));
  return {
    ratio: of('store') / of('five'),
    store: of('store'),
    five: of('five'),
    publisherRatio: of('publisher') / of('five'),
    publisher: of('publisher'),
    fiveAtOnce: of('fiveAtOnce'),
    storeNode: of('store', 'node'),
    fiveNode: of('fiveAtOnce', 'node'),
    storeRedis: of('store', 'redis'),
    fiveRedis: of('fiveAtOnce', 'redis'),
  };
}
