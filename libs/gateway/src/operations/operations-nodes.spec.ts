import { RedisJobStore } from '@harmonia/job-engine';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { Logger } from '@nestjs/common';
import { NodeWire } from '../nodes/node-wire.suite.js';
import { SocketApp, tokenOf, adminToken } from '../socket-app.suite.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { GatewayOperations } from './gateway-operations.js';

const BEAT = 100;
const LATE_MS = 5000;

jest.setTimeout(20_000);

describeWithRedis('operations on two nodes', () => {
  let redis: RedisServer;
  let wire: NodeWire;
  let one: SocketApp;
  let two: SocketApp;
  const start = (url: string) =>
    SocketApp.start({
      jobs: { store: () => RedisJobStore.open({ url, timeoutMs: 4 * LATE_MS, onTrouble: () => undefined }) },
      gateway: { nodes: { redis: url }, presence: { graceMs: 100, beatMs: BEAT }, checkEveryMs: 0 },
    });
  beforeEach(async () => {
    Logger.overrideLogger(false);
    redis = await RedisServer.start();
    wire = await NodeWire.start(redis.url);
    [one, two] = await Promise.all([start(redis.url), start(wire.url)]);
  });
  afterEach(async () => {
    await Promise.all([one.stop(), two.stop()]);
    await wire.close();
    await redis.remove();
    Logger.overrideLogger(new Logger());
  });
  const operations = ({ app }: SocketApp) => app.get(GatewayOperations);
  const statsUntil = async (app: SocketApp, fits: (stats: Awaited<ReturnType<GatewayOperations['stats']>>) => boolean) => {
    for (;;) {
      const stats = await operations(app).stats();
      if (fits(stats)) return stats;
    }
  };

  it('are the same wherever they are asked for', async () => {
    const jobId = await one.job('ann');
    const anns = [await one.connected(tokenOf('ann')), await two.connected(tokenOf('ann'), { protocol: 1 })];
    await two.connected(adminToken('root'));
    await Promise.all(anns.map((ann) => ann.ask('job:subscribe', { jobId })));
    for (const app of [one, two]) {
      const { nodes, missing } = await statsUntil(app, ({ users, connected }) => users === 2 && connected === 3);
      expect(missing).toEqual([]);
      expect(nodes.map(({ isHere, connected, subscriptions }) => [isHere, connected, subscriptions.jobs])).toEqual([
        [true, app === one ? 1 : 2, 1],
        [false, app === one ? 2 : 1, 1],
      ]);
      let page = await operations(app).connections();
      // machines are busy: one may have answered late
      while (page.missing.length > 0) page = await operations(app).connections();
      expect(page.connections.map(({ userId }) => userId).sort()).toEqual(['ann', 'ann', 'root']);
      expect([page.total, new Set(page.connections.map(({ node }) => node)).size]).toEqual([3, 2]);
    }
  });

  it('[G17] agree with reality after a node was killed: it is missing at once, and then forgotten', async () => {
    await Promise.all([one.connected(tokenOf('ann')), two.connected(tokenOf('ben')), two.connected(tokenOf('ben'))]);
    const before = await statsUntil(one, ({ connected, users }) => connected === 3 && users === 2);
    const killed = before.nodes.find(({ isHere }) => !isHere)?.node;
    // without a good-bye: nothing of it gets through any more
    await wire.close();
    expect(await Promise.all([operations(one).stats(), operations(one).connections()])).toMatchObject([
      { connected: 1, users: 1, missing: [killed], nodes: [{ isHere: true }] },
      { total: 1, missing: [killed], connections: [{ userId: 'ann' }] },
    ]);
    const after = await statsUntil(one, ({ missing }) => missing.length === 0);
    expect(after).toMatchObject({ connected: 1, users: 1, nodes: [{ isHere: true, users: 1 }] });
  });

  it('show by how much this node hears late', async () => {
    const ann = await two.connected(tokenOf('ann'));
    const id = await one.job('ann');
    await ann.ask('job:subscribe', { jobId: id });
    await ann.settled();
    const read = async () => {
      const text = await two.app.get(GatewayMetrics).text();
      const figure = (name: string) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
      return { sum: figure('harmonia_delivery_lag_seconds_sum'), streamed: figure('harmonia_stream_lag_seconds_sum') };
    };
    const before = await read();
    wire.lateMs = LATE_MS;
    await one.publisher.completed(id);
    await ann.next('job:completed');
    const after = await read();
    wire.lateMs = 0;
    // machines are busy
    for (const lag of [after.sum - before.sum, after.streamed - before.streamed]) {
      expect(lag).toBeGreaterThanOrEqual(LATE_MS / 1000);
      expect(lag).toBeLessThan((1.2 * LATE_MS) / 1000);
    }
    const { nodes } = await operations(two).stats();
    expect(nodes[0]?.deliveryLagMs?.p99).toBeGreaterThan(4000);
    expect(nodes[0]?.streamLagMs).toBeGreaterThanOrEqual(LATE_MS);
  });
});
