import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { randomUUID } from 'node:crypto';
import { RedisJobStore } from './redis-job-store.js';
import { applyOne, complete, create, report, step } from './store-probe.suite.js';

const HOUR = 3_600_000;

describeWithRedis('what Redis forgets, and when [R9, R13]', () => {
  let server: RedisServer;
  let prefix: string;
  let store: RedisJobStore;
  let now: number;

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());
  beforeEach(() => {
    prefix = randomUUID();
    now = Date.now();
    store = RedisJobStore.open({ url: server.url, prefix, now: () => now });
  });
  afterEach(() => store.close());

  const redis = (name: string, key: string) => server.command(name, `{${prefix}:p0}:${key}`);
  const sweep = () => store.overdue({ heartbeatBefore: 0, endedBefore: 0 });

  it('[R12, R13] a removal after 24 h, though the job has left another owner before', async () => {
    await store.apply([create('a'), { kind: 'edited', id: 'a', userId: 'bob' }, complete('a')]);
    now += 23 * HOUR;
    await store.apply([{ kind: 'removed', id: 'a' }]);
    now += HOUR + 1;
    await sweep();
    expect(await applyOne(store, create('a', { userId: 'eve' }))).toMatchObject({ result: 'refused', code: 'job-id-conflict' });
    now += 23 * HOUR;
    await sweep();
    expect(await applyOne(store, create('a', { userId: 'eve' }))).toMatchObject({ result: 'accepted', record: { job: { version: 1 } } });
  });

  it('[R13] all removals that are old enough, however many there are', async () => {
    const ids = Array.from({ length: 1200 }, (_, index) => `job-${index}`);
    await store.apply(ids.map((id) => create(id)));
    await store.apply(ids.flatMap((id) => [complete(id), { kind: 'removed', id } as const]));
    expect(Number(redis('HLEN', 'gone'))).toBe(1200);
    now += 24 * HOUR + 1;
    await sweep();
    for (const key of ['gone', 'revisions', 'gone:all', 'gone:at']) expect(Number(redis('EXISTS', key))).toBe(0);
  });

  it('[R9] steps of progress beyond those it shows, whatever else changes between them', async () => {
    await store.apply([create('a'), report('a')]);
    for (let current = 1; current <= 300; current++) {
      await store.apply([step('a', current)]);
      await store.apply([{ kind: 'edited', id: 'a', title: `Page ${current}` }]);
    }
    expect((await store.history('a')).filter(({ progress }) => progress)).toHaveLength(100);
    expect(Number(redis('LLEN', 'history:a:progress'))).toBeLessThanOrEqual(132);
  });
});
