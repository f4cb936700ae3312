import { ConnectionsPageSchema, GatewayStatsSchema, type NodeStats } from '@harmonia/contract';
import * as v from 'valibot';
import { adminToken, SocketApp, tokenOf, type Client } from '../socket-app.suite.js';
import { GatewayMetrics } from './gateway-metrics.js';

describe('operations', () => {
  let app: SocketApp;
  beforeEach(async () => {
    app = await SocketApp.start({ gateway: { http: {} } });
  });
  afterEach(() => app.stop());

  const call = async (path: string, token: string | null = adminToken('root')) => {
    const answer = await fetch(`${app.url}/api/v1/websocket/${path}`, { headers: token ? { authorization: `Bearer ${token}` } : {} });
    return { status: answer.status, body: JSON.parse(await answer.text()) };
  };
  const stats = async () => v.parse(GatewayStatsSchema, (await call('stats')).body).data;
  const node = async (): Promise<NodeStats | undefined> => (await stats()).nodes[0];
  const connections = async (query = '') => v.parse(ConnectionsPageSchema, (await call(`connections${query}`)).body).data;
  const metrics = () => app.app.get(GatewayMetrics).text();
  const gone = async ({ socket }: Client) => {
    const { total } = await connections();
    socket.disconnect();
    while ((await connections()).total === total) await new Promise((resolve) => setImmediate(resolve));
  };

  it('are for admins', async () => {
    for (const path of ['stats', 'connections']) {
      expect(await call(path, tokenOf('ann'))).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
      expect(await call(path, null)).toMatchObject({ status: 401, body: { error: { code: 'token-missing' } } });
      expect(await call(path)).toMatchObject({ status: 200, body: { success: true } });
    }
  });

  it('[S1] count who is connected and what they watch, until they go', async () => {
    const jobs = [await app.job('ann'), await app.job('ann')];
    const anns = [await app.connected(tokenOf('ann')), await app.connected(tokenOf('ann'), { protocol: 1 })];
    const root = await app.connected(adminToken('root'), { protocol: 1, inflate: true });
    await Promise.all(anns.flatMap((ann) => jobs.map((jobId) => ann.ask('job:subscribe', { jobId }))));
    await Promise.all([...anns.map((ann) => ann.ask('jobs:subscribe:user')), root.ask('jobs:subscribe:all')]);
    const before = await stats();
    expect(before).toMatchObject({ connected: 3, users: 2, missing: [] });
    expect(before.nodes).toMatchObject([{ isHere: true, connected: 3, users: 2, subscriptions: { jobs: 4, users: 2, all: 1 } }]);
    expect(Date.parse(before.nodes[0]?.startedAt ?? '')).toBeLessThan(Date.now());
    expect(before.nodes[0]?.memoryBytes).toBeGreaterThan(10_000_000);
    expect(await metrics()).toContain('\nharmonia_subscriptions{of="jobs"} 4\n');
    for (const ann of anns) await gone(ann);
    expect(await stats()).toMatchObject({ connected: 1, users: 1, nodes: [{ subscriptions: { jobs: 0, users: 0, all: 1 } }] });
  });

  it('list the connections page by page, and those of one user', async () => {
    const jobId = await app.job('ann');
    const ann = await app.connected(tokenOf('ann'));
    await ann.ask('job:subscribe', { jobId });
    await Promise.all(Array.from({ length: 210 }, (_, index) => app.connected(tokenOf(`crowd-${index}`), { protocol: 1 })));
    const first = await connections();
    expect(first).toMatchObject({ total: 211, missing: [], nextPage: first.connections.at(-1)?.id });
    const second = await connections(`?page=${first.nextPage}`);
    expect(second).toMatchObject({ total: 211, nextPage: null });
    const all = [...first.connections, ...second.connections];
    expect(new Set(all.map(({ id }) => id)).size).toBe(211);
    const theirs = await connections('?userId=ann');
    expect(theirs).toMatchObject({ total: 1, nextPage: null });
    expect(theirs.connections).toEqual([
      {
        id: ann.socket.id,
        userId: 'ann',
        node: (await node())?.node,
        since: expect.stringMatching(/Z$/),
        client: 'plain',
        isSlow: false,
        subscriptions: { jobs: 1, user: false, all: false },
      },
    ]);
    expect(await call('connections?page=../1')).toMatchObject({ status: 400, body: { error: { code: 'payload-invalid' } } });
  });

  it('count what is heard, sent, asked and refused', async () => {
    const stranger = app.client({ token: 'wrong' });
    await stranger.next('connect_error');
    const ann = await app.connected(tokenOf('ann'));
    await ann.ask('jobs:subscribe:user');
    await ann.ask('job:subscribe', { jobId: 'nothing' });
    await ann.ask('make-coffee');
    const id = await app.job('ann');
    await app.publisher.progress(id, 40);
    await app.publisher.completed(id);
    await ann.next('job:completed');
    const { refusals, rates, deliveryLagMs, streamLagMs } = (await node()) ?? {};
    expect(refusals).toEqual({ 'token-invalid': 1, 'job-not-found': 1, 'verb-unknown': 1 });
    expect(rates?.eventsInPerSecond).toBeGreaterThan(0);
    expect(rates?.eventsOutPerSecond).toBeGreaterThan(rates?.eventsInPerSecond ?? 0);
    expect(deliveryLagMs?.p50).toBeLessThanOrEqual(deliveryLagMs?.p99 ?? 0);
    expect(streamLagMs).toBeLessThan(1000);
    const text = await metrics();
    for (const line of [
      'harmonia_connections{client="plain"} 1',
      'harmonia_events_heard_total 3',
      'harmonia_delivery_lag_seconds_count 3',
      'harmonia_requests_total{verb="job:subscribe"} 1',
      'harmonia_requests_total{verb="unknown"} 1',
      'harmonia_refusals_total{door="handshake",code="token-invalid"} 1',
      'harmonia_refusals_total{door="request",code="job-not-found"} 1',
      'harmonia_repairs_total{kind="missed"} 0',
      'harmonia_nodes 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
    await call('stats', tokenOf('ann'));
    expect((await metrics()).split('\n')).toContain('harmonia_refusals_total{door="http",code="forbidden"} 1');
  });

  it('say nothing of the lag of a node that has told nothing', async () => {
    expect(await node()).toMatchObject({ deliveryLagMs: null, streamLagMs: null, rates: { eventsInPerSecond: 0 } });
  });

  it('are known on a node that serves no sockets', async () => {
    const silent = await SocketApp.start({ gateway: { http: {}, sockets: false } });
    const answer = await fetch(`${silent.url}/api/v1/websocket/stats`, { headers: { authorization: `Bearer ${adminToken('root')}` } });
    expect(await answer.json()).toMatchObject({ success: true, data: { connected: 0, nodes: [{ connected: 0 }] } });
    await silent.stop();
  });
});
