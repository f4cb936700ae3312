import { setTimeout as pause } from 'node:timers/promises';
import { freePort, RedisServer } from './redis-server.fixture.js';

const SLOTS = 16_384;

/** A Redis Cluster of the specs' own: so many nodes that hold each their share of the slots, without replicas. */
export class RedisCluster {
  private constructor(readonly nodes: readonly RedisServer[]) {}

  static async start(count: number): Promise<RedisCluster> {
    const nodes: RedisServer[] = [];
    const buses: number[] = [];
    for (let index = 0; index < count; index++) {
      const bus = await freePort();
      const node = await RedisServer.start('--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '2000');
      const [first, next] = [index, index + 1].map((share) => Math.floor((SLOTS * share) / count));
      node.command('CLUSTER', 'ADDSLOTSRANGE', String(first), String((next ?? 0) - 1));
      nodes.push(node);
      buses.push(bus);
    }
    nodes.forEach(({ port }, index) => nodes[0]?.command('CLUSTER', 'MEET', '127.0.0.1', String(port), String(buses[index])));
    for (const node of nodes) while (!isWhole(node, count)) await pause(50);
    return new RedisCluster(nodes);
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

  async remove(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.remove()));
  }
}

function isWhole(node: RedisServer, count: number): boolean {
  const said = node.command('CLUSTER', 'INFO');
  return said.includes('cluster_state:ok') && said.includes(`cluster_known_nodes:${count}`);
}
