import { setTimeout as pause } from 'node:timers/promises';
import { freePort, onFreePort, RedisServer } from './redis-server.fixture.js';

const SLOTS = 16_384;
/** How long nodes may take to find each other. */
const LONGEST_MS = 20_000;

/** A Redis Cluster of the specs' own: so many nodes that hold each their share of the slots, without replicas. */
export class RedisCluster {
  private constructor(readonly nodes: readonly RedisServer[]) {}

  static async start(count: number): Promise<RedisCluster> {
    const nodes: RedisServer[] = [];
    const buses: number[] = [];
    for (let index = 0; index < count; index++) {
      const { node, bus } = await onFreePort(startNode);
      const [first, next] = [index, index + 1].map((share) => Math.floor((SLOTS * share) / count));
      node.command('CLUSTER', 'ADDSLOTSRANGE', String(first), String((next ?? 0) - 1));
      nodes.push(node);
      buses.push(bus);
    }
    nodes.forEach(({ port }, index) => nodes[0]?.command('CLUSTER', 'MEET', '127.0.0.1', String(port), String(buses[index])));
    const cluster = new RedisCluster(nodes);
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

async function startNode(): Promise<{ node: RedisServer; bus: number }> {
  const bus = await freePort();
  return {
    node: await RedisServer.start('--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '2000'),
    bus,
  };
}

function isWhole(node: RedisServer, count: number): boolean {
  const said = node.command('CLUSTER', 'INFO');
  return said.includes('cluster_state:ok') && said.includes(`cluster_known_nodes:${count}`);
}
