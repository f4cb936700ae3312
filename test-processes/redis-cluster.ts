import { setTimeout as pause } from 'node:timers/promises';
import { onFreePort } from './free-port.ts';
import { RedisServer } from './redis-server.ts';

const SLOTS = 16_384;
/** How long nodes may take to find each other. */
const LONGEST_MS = 20_000;

/** A real Redis Cluster of its own: so many nodes that hold each their share of the slots, without replicas. */
export class RedisCluster {
  readonly nodes: readonly RedisServer[];

  private constructor(nodes: readonly RedisServer[]) {
    this.nodes = nodes;
  }

  static async start(count: number): Promise<RedisCluster> {
    const started: ClusterNode[] = [];
    for (let index = 0; index < count; index++) {
      const one = await startNode();
      const [first, next] = [index, index + 1].map((share) => Math.floor((SLOTS * share) / count));
      one.node.command('CLUSTER', 'ADDSLOTSRANGE', String(first), String((next ?? 0) - 1));
      started.push(one);
    }
    const [one, ...others] = started;
    for (const { node, bus } of others) one?.node.command('CLUSTER', 'MEET', '127.0.0.1', String(node.port), String(bus));
    const cluster = new RedisCluster(started.map(({ node }) => node));
    await cluster.whole();
    return cluster;
  }

  get urls(): string[] {
    return this.nodes.map(({ url }) => url);
  }

  /** Moves all that lies in a key's slot to another node. */
  move(key: string): void {
    const slot = this.nodes[0]?.command('CLUSTER', 'KEYSLOT', key) ?? '';
    const from = this.nodes.find((node) => node.command('CLUSTER', 'COUNTKEYSINSLOT', slot) !== '0');
    const to = this.nodes.find((node) => node !== from);
    if (!from || !to) throw new Error(`Nobody has the slot of ${key}.`);
    const [source, target] = [from, to].map((node) => node.command('CLUSTER', 'MYID'));
    to.command('CLUSTER', 'SETSLOT', slot, 'IMPORTING', source ?? '');
    from.command('CLUSTER', 'SETSLOT', slot, 'MIGRATING', target ?? '');
    const keys = from.command('CLUSTER', 'GETKEYSINSLOT', slot, '1000').split(/\s+/);
    from.command('MIGRATE', '127.0.0.1', String(to.port), '', '0', '5000', 'KEYS', ...keys);
    for (const node of [to, from]) node.command('CLUSTER', 'SETSLOT', slot, 'NODE', target ?? '');
  }

  /** Until each of them knows all others. */
  private async whole(): Promise<void> {
    const deadline = performance.now() + LONGEST_MS;
    for (const node of this.nodes) {
      while (!isWhole(node, this.nodes.length)) {
        if (performance.now() > deadline) throw new Error(`The cluster did not form: ${node.command('CLUSTER', 'INFO')}`);
        await pause(50);
      }
    }
  }

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()));
  }
}

interface ClusterNode {
  readonly node: RedisServer;
  /** The port on which nodes talk to each other. */
  readonly bus: number;
}

function startNode(): Promise<ClusterNode> {
  return onFreePort(async (bus) => {
    const ofCluster = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '2000'];
    return { node: await RedisServer.start({ settings: [...ofCluster, '--cluster-announce-ip', '127.0.0.1'] }), bus };
  });
}

function isWhole(node: RedisServer, count: number): boolean {
  const said = node.command('CLUSTER', 'INFO');
  return said.includes('cluster_state:ok') && said.includes(`cluster_known_nodes:${count}`);
}
