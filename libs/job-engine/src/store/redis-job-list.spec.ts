import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { randomUUID } from 'node:crypto';
import { RedisJobStore } from './redis-job-store.js';
import { create } from './store-probe.suite.js';

describeWithRedis('a list of jobs in Redis', () => {
  let server: RedisServer;
  let nodes: RedisJobStore[] = [];

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());
  afterEach(() => Promise.all(nodes.map((node) => node.close())));

  it('[R1, F4] shows each job once on pages of several partitions, though the clocks of those who create them differ', async () => {
    const prefix = randomUUID();
    const open = (lag: number) => RedisJobStore.open({ url: server.url, prefix, partitions: 2, now: () => Date.now() - lag });
    nodes = [open(0), open(60_000), open(3_600_000)];
    const ids = Array.from({ length: 60 }, (_, index) => `job-${index}`);
    for (const [index, id] of ids.entries()) await nodes[index % nodes.length]?.apply([create(id)]);
    for (const limit of [1, 3, 7]) expect(await paged(nodes[0], limit)).toEqual(ids.toSorted());
  });

  async function paged(store: RedisJobStore | undefined, limit: number): Promise<string[]> {
    const seen: string[] = [];
    for (let page: string | null | undefined; page !== null;) {
      const listing = await store?.list({ scope: 'all', limit, page: page ?? undefined });
      seen.push(...(listing?.jobs ?? []).map(({ id }) => id));
      page = listing?.nextPage ?? null;
    }
    return seen.toSorted();
  }
});
