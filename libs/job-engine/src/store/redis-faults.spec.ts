import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTick } from 'node:timers/promises';
import { RedisJobStore, type RedisJobStoreOptions } from './redis-job-store.js';
import { partitionOf } from './redis-keys.js';
import type { RedisProblem } from './redis-problem.js';
import { RedisProxy } from './redis-proxy.fixture.js';
import { applyOne, complete, create, followProbe, inShort, recordOf, step } from './store-probe.suite.js';

/** What a store said of its troubles, and when it was over. */
class Troubles {
  readonly told: string[] = [];
  readonly sentences: string[] = [];
  #wake = (): void => undefined;

  readonly hear = (problem: RedisProblem | null): void => {
    this.told.push(problem?.code ?? 'over');
    if (problem) this.sentences.push(JSON.stringify([problem.message, String(problem.cause), problem.stack, Object.entries(problem)]));
    this.#wake();
  };

  async until(...told: string[]): Promise<void> {
    while (!told.every((code) => this.told.includes(code))) await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

const QUICK = { timeoutMs: 400, patienceMs: 300 };

describeWithRedis('RedisJobStore in trouble [G13, R7]', () => {
  let server: RedisServer;
  let troubles: Troubles;
  let stores: RedisJobStore[];

  beforeEach(async () => {
    [server, troubles, stores] = [await RedisServer.start(), new Troubles(), []];
  });
  afterEach(async () => {
    await Promise.all(stores.map((store) => store.close()));
    await server.remove();
  });

  const open = (options: Partial<RedisJobStoreOptions> = {}): RedisJobStore => {
    const store = RedisJobStore.open({ url: server.url, onTrouble: troubles.hear, ...QUICK, ...options });
    stores.push(store);
    return store;
  };

  const refusedBecause = async (asked: Promise<unknown>, code: string) => {
    await expect(asked).rejects.toMatchObject({ code: 'unavailable', cause: { code } });
  };

  it('[G13] opens without Redis, refuses with a reason, and goes on as soon as Redis is there', async () => {
    await server.kill();
    const store = open();
    await refusedBecause(store.apply([create('a')]), 'redis-away');
    await refusedBecause(store.read(['a']), 'redis-away');
    await refusedBecause(followProbe(store), 'redis-away');
    await server.start();
    await troubles.until('over');
    expect(await applyOne(store, create('a'))).toMatchObject({ result: 'accepted', record: { job: { version: 1 } } });
    expect(troubles.told).toEqual(['redis-away', 'over']);
  });

  it('[G13, R7] begins a new epoch when Redis comes back without its data, and says that something was missed', async () => {
    const store = open();
    const probe = await followProbe(store);
    await store.apply([create('a'), step('a', 1)]);
    await probe.settled();
    const { epoch, position } = await store.read([]);
    await server.kill();
    await refusedBecause(store.apply([step('a', 2)]), 'redis-away');
    await server.start();
    await troubles.until('over');
    expect(await applyOne(store, step('a', 3))).toMatchObject({ result: 'refused', code: 'job-unknown' });
    expect((await store.read([])).epoch).not.toBe(epoch);
    await expect(store.follow(position, () => undefined)).rejects.toMatchObject({ code: 'page-invalid' });
    expect(await store.since(position, 'all', 5)).toMatchObject({ reset: true, jobs: [] });
    await store.apply([create('b')]);
    await probe.until(() => probe.batches.some((batch) => batch.epoch !== epoch));
    expect(probe.batches.find((batch) => batch.epoch !== epoch)).toMatchObject({ missed: true });
  });

  it('[R7, G14] decides anew upon what a rolled back Redis holds, whatever it remembers itself', async () => {
    const store = open({ patienceMs: 5000 });
    const probe = await followProbe(store);
    await store.apply([create('a'), step('a', 1)]);
    await probe.settled();
    expect(server.command('SAVE')).toBe('OK');
    await store.apply([step('a', 2), complete('a')]);
    const { epoch } = await store.read([]);
    await server.kill();
    await server.start();
    expect(await applyOne(store, step('a', 3))).toMatchObject({
      result: 'accepted',
      record: { job: { version: 3, status: 'processing' } },
    });
    await probe.until(() => probe.batches.at(-1)?.epoch !== epoch);
    expect(probe.batches.filter((batch) => batch.epoch !== epoch)[0]?.missed).toBe(true);
    await store.apply([step('a', 4)]);
    await probe.until((events) => events.map(inShort).at(-1) === 'progress a 4');
  });

  it('[R7] begins a new epoch when the data of a running Redis is wiped, for those who only listen too', async () => {
    const store = open();
    const probe = await followProbe(store);
    await store.apply([create('a')]);
    await probe.settled();
    const { epoch } = await store.read([]);
    server.command('FLUSHALL');
    await probe.until(() => probe.batches.some(({ missed }) => missed));
    expect((await store.read([])).epoch).not.toBe(epoch);
    expect(await applyOne(store, create('a'))).toMatchObject({ record: { job: { version: 1 } } });
    expect(troubles.told).toEqual([]);
  });

  it('[G13] tells of a wrong password without telling any, and goes on once it is right', async () => {
    server.command('CONFIG', 'SET', 'requirepass', 'the-real-one');
    const store = open({ url: `redis://:not-the-real-one@127.0.0.1:${server.port}` });
    await refusedBecause(store.apply([create('a')]), 'redis-password');
    server.command('-a', 'the-real-one', 'CONFIG', 'SET', 'requirepass', 'not-the-real-one');
    await troubles.until('over');
    await store.apply([create('a')]);
    expect(troubles.told).toEqual(['redis-password', 'over']);
    expect(troubles.sentences.join()).toContain('Redis refuses the user or password');
    expect(troubles.sentences.join()).not.toContain('the-real-one');
  });

  it('[G13] goes on reading from a Redis that takes no writes, and writes again when it does', async () => {
    const store = open();
    await store.apply([create('a')]);
    server.command('REPLICAOF', '127.0.0.1', '1');
    await refusedBecause(store.apply([step('a', 1), create('b')]), 'redis-read-only');
    await refusedBecause(store.apply([step('a', 1)]), 'redis-read-only');
    expect((await recordOf(store, 'a')).job.version).toBe(1);
    server.command('REPLICAOF', 'NO', 'ONE');
    expect(await applyOne(store, step('a', 2))).toMatchObject({ result: 'accepted', record: { job: { version: 2 } } });
    expect(troubles.told).toEqual(['redis-read-only', 'over']);
  });

  it('[G13, R6] commits nothing, not half of it, while Redis is out of memory', async () => {
    const store = open();
    await store.apply([create('a')]);
    server.command('CONFIG', 'SET', 'maxmemory', '1');
    await refusedBecause(store.apply([step('a', 1), create('b'), complete('a')]), 'redis-full');
    await refusedBecause(store.apply([{ kind: 'cancelled', id: 'a' }]), 'redis-full');
    expect((await store.list({ scope: 'all', limit: 5 })).jobs).toMatchObject([{ id: 'a', version: 1 }]);
    expect(await store.history('a')).toHaveLength(1);
    server.command('CONFIG', 'SET', 'maxmemory', '0');
    expect(await applyOne(store, complete('a'))).toMatchObject({ result: 'accepted', record: { job: { version: 2 } } });
    expect(troubles.told).toEqual(['redis-full', 'over']);
  });

  it('[G13, R7] reads on in a Redis that is out of memory, also when it was restarted and its past may be another', async () => {
    await open().apply([create('a')]);
    server.command('HSET', '{harmonia:p0}:meta', 'run', 'of-the-server-before');
    server.command('CONFIG', 'SET', 'maxmemory', '1');
    const late = open();
    expect(await recordOf(late, 'a')).toMatchObject({ job: { version: 1 } });
    await refusedBecause(late.apply([step('a', 1)]), 'redis-full');
    server.command('CONFIG', 'SET', 'maxmemory', '0');
    expect(await applyOne(late, step('a', 1))).toMatchObject({ result: 'accepted' });
  });

  it('[G13] gives up on a Redis that hangs, and commits what it was asked at most once', async () => {
    const store = open();
    await store.apply([create('a')]);
    server.pause();
    await refusedBecause(store.apply([step('a', 1)]), 'redis-slow');
    server.resume();
    await troubles.until('over');
    const { version } = (await recordOf(store, 'a')).job;
    expect([1, 2]).toContain(version);
    expect(await store.history('a')).toHaveLength(version);
    expect(await applyOne(store, complete('a'))).toMatchObject({ record: { job: { version: version + 1 } } });
  });

  it('[R6] repeats a commit whose answer was lost, and makes it once', async () => {
    const proxy = await RedisProxy.start(server.port);
    const [store, other] = [open({ url: proxy.url, patienceMs: 5000 }), open()];
    const probe = await followProbe(other);
    await store.apply([create('a')]);
    for (let current = 1; current <= 5; current++) {
      const message = `At page ${current}.`;
      proxy.swallowAnswerTo(message);
      const outcome = await applyOne(store, step('a', current, { progress: { current, total: 1000, message } }));
      expect(outcome).toMatchObject({ result: 'accepted', record: { job: { version: current + 1, progress: { current } } } });
    }
    expect(proxy.swallowed).toBe(5);
    expect((await probe.settled()).map(inShort)).toEqual(['created a 1', 'started a 2', ...[3, 4, 5, 6].map((n) => `progress a ${n}`)]);
    expect((await store.history('a')).map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6]);
    await proxy.close();
  });

  it('[R7, F4] tells nothing of one epoch as of another, when Redis is lost between two partitions', async () => {
    const proxy = await RedisProxy.start(server.port);
    const store = open({ url: proxy.url, partitions: 2 });
    expect(['a', 'b'].map((id) => partitionOf(id, 2))).toEqual([0, 1]);
    await store.apply([create('a'), create('b')]);
    proxy.swallowAnswerTo('{harmonia:p1}:revisions');
    const asked = store.since(null, 'all', 9);
    while (proxy.swallowed === 0) await nextTick();
    server.command('DEL', ...server.command('KEYS', '{harmonia:p0}:*').split('\n'));
    server.command('HSET', '{harmonia:p1}:meta', 'run', 'of-the-server-before');
    expect(await asked).toMatchObject({ jobs: [{ id: 'b' }], epoch: (await store.read([])).epoch });
    await proxy.close();
  });

  it('[S5, R7] takes no position of one epoch for one of another, when Redis is lost before it has answered', async () => {
    const proxy = await RedisProxy.start(server.port);
    const store = open({ url: proxy.url });
    await store.apply([create('a')]);
    const { position } = await store.since(null, 'all', 9);
    proxy.swallowAnswerTo(':finished:all');
    const asked = store.since(position, 'all', 9);
    while (proxy.swallowed === 0) await nextTick();
    server.command('HSET', '{harmonia:p0}:meta', 'run', 'of-the-server-before');
    expect(await asked).toMatchObject({ reset: true, jobs: [{ id: 'a' }] });
    await proxy.close();
  });

  it('[F2] misses and repeats nothing while its connections are cut again and again', async () => {
    const proxy = await RedisProxy.start(server.port);
    const [follower, writer] = [open({ url: proxy.url, patienceMs: 5000 }), open()];
    const probe = await followProbe(follower);
    await writer.apply([create('a')]);
    for (let round = 1; round <= 5; round++) {
      proxy.cut();
      await writer.apply([step('a', round), step('a', 100 + round)]);
      await probe.until(
        (events) =>
          events
            .map(inShort)
            .at(-1)
            ?.endsWith(` ${1 + 2 * round}`) ?? false,
      );
    }
    const versions = probe.events().map((event) => ('job' in event ? event.job.version : 0));
    expect(versions).toEqual(Array.from({ length: 11 }, (_, index) => index + 1));
    expect(probe.batches.some(({ missed }) => missed)).toBe(false);
    await proxy.close();
  });

  it('[F2] says so when the stream no longer reaches back to where a follower stands', async () => {
    const prefix = randomUUID();
    const store = open({ prefix });
    const probe = await followProbe(store);
    await store.apply([create('a')]);
    await probe.settled();
    const { position } = await store.read([]);
    server.command('XADD', `{${prefix}:p0}:events`, '900-0', 'after', '800', 'event', '{"kind":"revoked","userId":"ann"}');
    await probe.until(() => probe.batches.some(({ missed }) => missed));
    await expect(store.follow(position, () => undefined)).rejects.toMatchObject({ code: 'page-invalid' });
  });

  it('[F2] goes on behind an entry of the stream that it cannot read, and says that something was missed', async () => {
    const prefix = randomUUID();
    const store = open({ prefix });
    const probe = await followProbe(store);
    await store.apply([create('a')]);
    await probe.settled();
    server.command('HSET', `{${prefix}:p0}:meta`, 'position', '3', 'latest', '3');
    server.command('XADD', `{${prefix}:p0}:events`, '3-0', 'after', '2', 'event', '{"kind":"from-the-future"}');
    await probe.until(() => probe.batches.some(({ missed }) => missed));
    await store.apply([step('a', 1)]);
    await probe.until((events) => events.map(inShort).at(-1) === 'started a 2');
  });
});
