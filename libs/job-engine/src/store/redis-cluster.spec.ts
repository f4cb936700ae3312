import { describeWithRedis, RedisCluster } from '@harmonia/test-processes';
import { randomUUID } from 'node:crypto';
import { describeJobStore } from './job-store.suite.js';
import { ListView } from './list-view.suite.js';
import { RedisJobStore, type RedisJobStoreOptions } from './redis-job-store.js';
import { applyOne, complete, create, followProbe, step } from './store-probe.suite.js';

const TIMEOUT = 60_000;
const DAY = 24 * 3_600_000;

const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
afterAll(() => warnings.mockRestore());

describeWithRedis('The store of many nodes on a Redis Cluster [F4]', () => {
  let cluster: RedisCluster;
  let stores: RedisJobStore[] = [];
  beforeAll(async () => {
    cluster = await RedisCluster.start(3);
  }, TIMEOUT);
  afterAll(() => cluster.remove());
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    stores = [];
  });

  const open = (options: Partial<RedisJobStoreOptions>): RedisJobStore => {
    const store = RedisJobStore.open({ url: cluster.urls, partitions: 4, ...options });
    stores.push(store);
    return store;
  };
  const ids = Array.from({ length: 40 }, (_, index) => `job-${index}`);
  /** By node of the cluster, without what every key begins with. */
  const keysOf = (prefix: string) =>
    cluster.nodes.map((node) => {
      const keys = node.command('KEYS', `{${prefix}:p*`).split(/\s+/);
      return keys.filter((key) => key !== '').map((key) => key.slice(prefix.length + 6));
    });

  // with more partitions than one there is no order of all events, which the suite relies on
  describeJobStore('RedisJobStore', () => RedisJobStore.open({ url: cluster.urls, prefix: randomUUID() }));

  it('spreads the jobs over its nodes, and tells each process of all of them', async () => {
    const prefix = randomUUID();
    const [one, two] = [open({ prefix }), open({ prefix })];
    const probe = await followProbe(two);
    const everybodys = new ListView('all');
    await one.apply(ids.map((id) => create(id)));
    await everybodys.catchUp(two, 7);
    await Promise.all([one.apply(ids.map((id) => step(id, 1))), two.apply(ids.map((id) => step(id, 2)))]);
    await two.apply(ids.map((id) => complete(id, { id })));
    const { records } = await one.read(ids);
    expect([...records.values()].every(({ job }) => job.status === 'completed' && job.version === 4)).toBe(true);
    await probe.until((events) => events.filter(({ kind }) => kind === 'completed').length === ids.length);
    for (const id of ids) {
      const versions = probe.events().flatMap((event) => ('job' in event && event.job.id === id ? event.job.version : []));
      expect(versions).toEqual([1, 2, 3, 4]);
    }
    await everybodys.catchUp(two, 7);
    expect([...everybodys.jobs.keys()].sort()).toEqual([...ids].sort());
    expect((await two.list({ scope: 'all', limit: 100 })).jobs).toHaveLength(ids.length);
    expect(await one.history('job-7')).toHaveLength(4);
    expect(keysOf(prefix).filter((keys) => keys.some((key) => key.startsWith('job:'))).length).toBeGreaterThan(1);
  });

  it('[R13] forgets removals after 24 h, on each of its nodes', async () => {
    const prefix = randomUUID();
    let now = Date.now();
    const store = open({ prefix, now: () => now });
    await store.apply(ids.map((id) => create(id)));
    await store.apply(ids.map((id) => complete(id)));
    await store.apply(ids.map((id) => ({ kind: 'removed', id })));
    expect(
      keysOf(prefix)
        .flat()
        .filter((key) => key.startsWith('job:')),
    ).toHaveLength(ids.length);
    now += DAY + 1;
    await store.overdue({ heartbeatBefore: 0, endedBefore: 0 });
    const lasting = keysOf(prefix)
      .flat()
      .filter((key) => !key.startsWith('commit:'));
    expect(new Set(lasting)).toEqual(new Set(['events', 'meta']));
  });

  it('goes after a partition that moves to another node, loses nothing, and says that something may have been missed', async () => {
    const prefix = randomUUID();
    const store = open({ prefix, partitions: 1, patienceMs: 5000 });
    const probe = await followProbe(store);
    await store.apply([create('a'), step('a', 1)]);
    await probe.settled();
    cluster.move(`{${prefix}:p0}:meta`);
    expect(await applyOne(store, step('a', 2))).toMatchObject({ result: 'accepted', record: { job: { version: 3 } } });
    await probe.until(() => probe.batches.some(({ missed }) => missed));
    await store.apply([complete('a')]);
    await probe.until((events) => events.at(-1)?.kind === 'completed');
    expect((await store.history('a')).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
  });

  it(
    '[G13, R7] refuses with a reason while a node is away, and goes on in a new epoch when it is back without its data',
    async () => {
      const told: string[] = [];
      let wake = (): void => undefined;
      const over = new Promise<void>((resolve) => (wake = resolve));
      const store = open({
        prefix: randomUUID(),
        partitions: 8,
        patienceMs: 300,
        onTrouble: (problem) => {
          told.push(problem?.code ?? 'over');
          if (!problem) wake();
        },
      });
      await store.apply(ids.map((id) => create(id)));
      const { epoch } = await store.read([]);
      const [, node] = cluster.nodes;
      await node?.kill();
      await expect(store.apply(ids.map((id) => step(id, 1)))).rejects.toMatchObject({ code: 'unavailable' });
      await node?.start();
      await over;
      expect(told[0]).toBe('redis-away');
      const outcomes = await Promise.all(ids.map((id) => applyOne(store, create(id))));
      expect(outcomes.every(({ result }) => result === 'accepted' || result === 'unchanged')).toBe(true);
      expect((await store.read([])).epoch).not.toBe(epoch);
    },
    TIMEOUT,
  );
});
