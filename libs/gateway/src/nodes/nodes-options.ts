import { LoneNodeBus } from './lone-node-bus.js';
import type { NodeBus } from './node-bus.js';
import { RedisNodeBus, type RedisAddress } from './redis-node-bus.js';

/** How the nodes of one gateway reach each other. */
export type HarmoniaNodesOptions =
  | {
      /** The Redis that carries it, of which only pub/sub is used: an address, or options of ioredis. */
      readonly redis: RedisAddress;
      /** Before every channel, so that applications can share a Redis. Default `'harmonia'`. */
      readonly prefix?: string;
      readonly bus?: undefined;
    }
  | {
      /** A bus of your own, or how to make it when the application starts. It is closed with the application. */
      readonly bus: NodeBus | (() => NodeBus | Promise<NodeBus>);
      readonly redis?: undefined;
    };

/** The bus that the options ask for; without any, this process is the only node. */
export function nodeBusOf(nodes?: HarmoniaNodesOptions): NodeBus | Promise<NodeBus> {
  if (!nodes) return new LoneNodeBus();
  if (nodes.redis !== undefined) return new RedisNodeBus(nodes.redis, nodes.prefix);
  return typeof nodes.bus === 'function' ? nodes.bus() : nodes.bus;
}
