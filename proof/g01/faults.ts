import { setTimeout as pause } from 'node:timers/promises';
import type { Random } from '../rig/random.ts';
import type { TcpLink, Weather } from '../rig/tcp-link.ts';
import type { Node, Stage } from './stage.ts';

/** Does something to the link of one client, and undoes it. */
type LinkFault = (link: TcpLink, random: Random) => Promise<void>;

async function under(link: TcpLink, weather: Weather, ms: number): Promise<void> {
  link.weather = weather;
  await pause(ms);
  link.weather = {};
}

/** What is done to clients. Whatever was on its way when a connection is cut is lost. */
export const CLIENT_FAULTS: Readonly<Record<string, LinkFault>> = {
  'client-cut': (link) => Promise.resolve(link.cut()),
  'client-refused': (link, random) => {
    link.cut();
    return under(link, { refuses: true }, random.between(200, 1500));
  },
  'client-black-hole': (link, random) => under(link, { blackHole: 'both' }, random.between(300, 2000)),
  'client-black-hole-down': (link, random) => under(link, { blackHole: 'to-client' }, random.between(300, 2000)),
  'client-black-hole-up': (link, random) => under(link, { blackHole: 'to-server' }, random.between(300, 2000)),
  'client-black-hole-then-cut': async (link, random) => {
    link.weather = { blackHole: 'both' };
    await pause(random.between(100, 1500));
    link.cut();
    link.weather = {};
  },
  'client-delayed': (link, random) => under(link, { delayMs: random.between(50, 800) }, random.between(300, 1500)),
  'client-throttled': (link, random) => under(link, { bytesPerSecond: random.between(2000, 20_000) }, random.between(300, 1500)),
};

/** Where a fault of a node happens. */
export interface Scene {
  readonly stage: Stage;
  /** The node that was picked. */
  readonly node: Node;
  readonly random: Random;
  /** The stream in Redis by which nodes hear of each other. */
  readonly stream: string;
  /** Called right before it heals: from then on nothing may happen to any job that would heal views by chance. */
  readonly hush: () => Promise<void>;
}

/** What is done to a gateway, to its link to Redis, or to Redis itself. */
export interface NodeFault {
  /** Which nodes feel it: the one that was picked, or all. */
  readonly concerns: 'one' | 'all';
  readonly run: (scene: Scene) => Promise<void>;
}

const one = (run: NodeFault['run']): NodeFault => ({ concerns: 'one', run });
const all = (run: NodeFault['run']): NodeFault => ({ concerns: 'all', run });

async function underToRedis({ node, random, hush }: Scene, weather: Weather, longest: number): Promise<void> {
  node.toRedis.weather = weather;
  await pause(random.between(300, longest));
  await hush();
  node.toRedis.weather = {};
}

export const NODE_FAULTS: Readonly<Record<string, NodeFault>> = {
  'gateway-killed': one(async ({ stage, node, random, hush }) => {
    await node.process.kill();
    await pause(random.between(0, 1000));
    await hush();
    await stage.revive(node);
  }),
  'gateway-stopped': one(async ({ node, random, hush }) => {
    node.process.pause();
    await pause(random.between(300, 2500));
    await hush();
    node.process.resume();
  }),
  'redis-link-cut': one(async ({ node, hush }) => {
    await hush();
    node.toRedis.cut();
  }),
  'redis-link-refused': one((scene) => {
    scene.node.toRedis.cut();
    return underToRedis(scene, { refuses: true }, 2000);
  }),
  'redis-link-black-hole': one((scene) => underToRedis(scene, { blackHole: 'both' }, 2500)),
  'redis-link-delayed': one((scene) => underToRedis(scene, { delayMs: scene.random.between(20, 300) }, 2000)),
  // what the node has not heard by then is in the stream no more
  'redis-stream-trimmed': one(async ({ stage, node, random, hush, stream }) => {
    node.toRedis.weather = { blackHole: 'both' };
    await pause(random.between(500, 1500));
    await hush();
    stage.redis.command('XTRIM', stream, 'MAXLEN', '1');
    node.toRedis.cut();
    node.toRedis.weather = {};
  }),
  'redis-stopped': all(async ({ stage, random, hush }) => {
    stage.redis.pause();
    await pause(random.between(300, 2000));
    await hush();
    stage.redis.resume();
  }),
  'redis-killed': all(async ({ stage, random, hush }) => {
    await stage.redis.kill();
    await pause(random.between(0, 1000));
    await hush();
    await stage.redis.start();
  }),
  // as after a restored backup, or a failover to a replica that lagged
  'redis-rolled-back': all(async ({ stage, random, hush }) => {
    const past = await stage.redis.remember();
    await pause(random.between(300, 1000));
    await hush();
    await stage.redis.rollBack(past);
  }),
};
