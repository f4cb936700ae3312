import * as v from 'valibot';
import { ConnectionsPageSchema, ConnectionsQuerySchema, GatewayStatsSchema, NodeStatsSchema } from './operations.js';

const node = {
  node: 'node-1',
  host: 'gateway-a',
  isHere: true,
  startedAt: '2026-11-21T07:00:00.000Z',
  connected: 3,
  users: 2,
  subscriptions: { jobs: 4, users: 2, all: 1 },
  rates: { eventsInPerSecond: 12.5, eventsOutPerSecond: 40 },
  deliveryLagMs: { p50: 12, p99: 61.5 },
  streamLagMs: 4,
  slowConsumers: 0,
  repairs: 1,
  refusals: { 'token-expired': 3 },
  memoryBytes: 90_000_000,
};
const connection = {
  id: 'bNp7TxmVJcVn0nRXAAAB',
  userId: 'ann',
  node: 'node-1',
  since: '2026-11-21T07:00:10.000Z',
  client: 'plain',
  isSlow: false,
  subscriptions: { jobs: 1, user: true, all: false },
};

describe('operations', () => {
  it('are read as they are said', () => {
    const data = { connected: 3, users: 2, timestamp: '2026-11-21T07:00:10.000Z', nodes: [node], missing: ['node-2'] };
    expect(v.parse(GatewayStatsSchema, { success: true, data })).toEqual({ success: true, data });
    const page = { success: true, data: { connections: [connection], total: 1, nextPage: null, missing: [] } };
    expect(v.parse(ConnectionsPageSchema, page)).toEqual(page);
  });

  it('say of a node that has told nothing lately that its lag is not known', () => {
    const quiet = { ...node, deliveryLagMs: null, streamLagMs: null };
    expect(v.parse(NodeStatsSchema, quiet)).toEqual(quiet);
  });

  it.each([
    [NodeStatsSchema, { ...node, connected: -1 }],
    [NodeStatsSchema, { ...node, rates: { eventsInPerSecond: Infinity, eventsOutPerSecond: 0 } }],
    [GatewayStatsSchema, { success: false, data: {} }],
    [ConnectionsQuerySchema, { page: '../1' }],
    [ConnectionsQuerySchema, { userId: '' }],
  ])('are refused when they are not in order', (schema, sent) => {
    expect(v.is(schema, sent)).toBe(false);
  });
});
