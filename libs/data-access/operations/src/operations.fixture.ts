import type { Connection, NodeStats } from '@harmonia/contract';
import type { GatewayFigures, ListedConnections } from './operations-state';

/** A node at rest, changed as said. */
export function aNode(changes: Partial<NodeStats> = {}): NodeStats {
  return {
    node: 'node-1',
    host: 'gateway-a',
    isHere: true,
    startedAt: '2026-11-21T07:00:00.000Z',
    connected: 2,
    users: 1,
    subscriptions: { jobs: 1, users: 1, all: 0 },
    rates: { eventsInPerSecond: 0, eventsOutPerSecond: 0 },
    deliveryLagMs: null,
    streamLagMs: null,
    slowConsumers: 0,
    repairs: 0,
    refusals: {},
    memoryBytes: 90_000_000,
    ...changes,
  };
}

/** What these nodes say together. */
export function someFigures(nodes: readonly NodeStats[] = [aNode()], missing: readonly string[] = []): GatewayFigures {
  const connected = nodes.reduce((total, node) => total + node.connected, 0);
  return { connected, users: 1, timestamp: '2026-11-21T07:10:00.000Z', nodes, missing };
}

/** Somebody who is connected, changed as said. */
export function aConnection(changes: Partial<Connection> = {}): Connection {
  const subscriptions = { jobs: 1, user: true, all: false };
  const since = '2026-11-21T07:00:10.000Z';
  return { id: 'connection-1', userId: 'ann', node: 'node-1', since, client: 'harmonia', isSlow: false, subscriptions, ...changes };
}

/** One page of connections. */
export function someConnections(connections: readonly Connection[] = [aConnection()], nextPage: string | null = null): ListedConnections {
  return { connections, total: connections.length, nextPage, missing: [] };
}
