import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import fc from 'fast-check';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedChange, GENERATED_IDS } from './generated-changes.suite.js';
import type { JobChange } from './job-change.js';
import type { JobEvent } from './job-event.js';
import { ListView } from './list-view.suite.js';
import { RedisJobStore, type RedisJobStoreOptions } from './redis-job-store.js';
import { applyOne, complete, create, followProbe, inShort, recordOf, report, step, PROPERTY_TIMEOUT } from './store-probe.suite.js';

describeWithRedis('RedisJobStore on several nodes [F2, F4, R6]', () => {
  let server: RedisServer;
  let prefix: string;
  let stores: RedisJobStore[] = [];

  beforeAll(async () => {
    server = await RedisServer.start({ settings: ['--stream-node-max-entries', '1'] });
  });
  afterAll(() => server.remove());
  beforeEach(() => {
    prefix = randomUUID();
  });
  afterEach(closeAll);

  async function closeAll(): Promise<void> {
    await Promise.all(stores.map((store) => store.close()));
    stores = [];
  }

  const node = (options: Partial<RedisJobStoreOptions> = {}): RedisJobStore => {
    const store = RedisJobStore.open({ url: server.url, prefix, ...options });
    stores.push(store);
    return store;
  };
  const redis = (...words: string[]) => server.command(...words);
  const callsOf = (command: string) =>
    Number(new RegExp(`cmdstat_${command}:calls=([0-9]+)`).exec(redis('INFO', 'commandstats'))?.[1] ?? 0);

  it('[R6] gives each change of a job its own version, whichever node decides it', async () => {
    const [one, two] = [node(), node()];
    const probes = [await followProbe(one), await followProbe(two)];
    await one.apply([create('a')]);
    const changing = Array.from({ length: 30 }, (_, index) =>
      (index % 2 ? one : two).apply([step('a', index + 1), step('a', 100 + index)]),
    );
    const outcomes = (await Promise.all(changing)).flat();
    expect(outcomes.every(({ result }) => result === 'accepted')).toBe(true);
    for (const probe of probes) {
      const versions = (await probe.settled()).map((event) => ('job' in event ? event.job.version : 0));
      expect(versions).toEqual(Array.from({ length: 61 }, (_, index) => index + 1));
    }
    expect((await two.history('a')).at(-1)?.version).toBe(61);
  });

  it('[R6] builds upon commits that are still on their way, and begins anew when another node came in between', async () => {
    const [one, two] = [node(), node()];
    const probe = await followProbe(two);
    await one.apply([create('a'), create('b')]);
    const work = async (store: RedisJobStore, from: number) => {
      for (let round = 0; round < 5; round++) {
        const batch = Array.from({ length: 200 }, (_, index) => step(index % 2 ? 'a' : 'b', from + 200 * round + index));
        const outcomes = await store.apply(batch);
        expect(outcomes.filter(({ result }) => result === 'accepted')).toHaveLength(200);
      }
    };
    redis('CONFIG', 'RESETSTAT');
    await Promise.all([work(one, 1), work(two, 5001)]);
    // of 20 commits at least, some were refused
    expect(callsOf('evalsha')).toBeGreaterThan(20);
    const events = await probe.settled();
    for (const id of ['a', 'b']) {
      const versions = events.flatMap((event) => ('job' in event && event.job.id === id ? event.job.version : []));
      expect(versions).toEqual(Array.from({ length: 1001 }, (_, index) => index + 1));
    }
  });

  it('[R4, R6] decides nothing upon what another node has changed meanwhile', async () => {
    const [one, two] = [node(), node()];
    await one.apply([create('a'), report('a', { attempt: 1, sequence: 1 })]);
    await two.apply([complete('a', { pages: 7 })]);
    const latched = { result: 'ignored', reason: 'latched', record: { job: { result: { pages: 7 } } } };
    expect(await applyOne(one, step('a', 5))).toMatchObject(latched);
    await two.apply([{ kind: 'removed', id: 'a' }]);
    expect(await applyOne(one, create('a', { userId: 'bob' }))).toMatchObject({ code: 'job-id-conflict' });
    expect(await applyOne(one, create('a', { title: 'Again' }))).toMatchObject({ record: { job: { version: 5, title: 'Again' } } });
    expect(await applyOne(two, report('a'))).toMatchObject({ result: 'accepted', record: { job: { version: 6 } } });
  });

  it('[R10] knows what another node has heard of a job, though its version is the same', async () => {
    const [one, two] = [node(), node()];
    await one.apply([create('a'), report('a', { attempt: 1, sequence: 1 })]);
    await two.apply([report('a', { attempt: 1, sequence: 7 })]);
    const stale = { result: 'ignored', reason: 'stale', record: { sequence: 7 } };
    expect(await applyOne(one, step('a', 1, { attempt: 1, sequence: 5 }))).toMatchObject(stale);
  });

  it.each([1, 3])(
    '[G4, F4] keeps copies and lists right on every node, whatever changes anywhere, in %i partitions',
    async (partitions) => {
      const batches = fc.array(fc.array(generatedChange({ withRemovals: true }), { minLength: 1, maxLength: 6 }), { maxLength: 10 });
      const property = fc.asyncProperty(batches, batches, async (ofOne, ofTwo) => {
        prefix = randomUUID();
        const [one, two] = [node({ partitions }), node({ partitions })];
        const probes = [await followProbe(one), await followProbe(two)];
        const [anns, everybodys] = [new ListView({ userId: 'ann' }), new ListView('all')];
        const work = async (store: RedisJobStore, all: readonly (readonly JobChange[])[]) => {
          for (const batch of all) {
            await store.apply(batch);
            if (store === one) await anns.catchUp(one, 2);
          }
        };
        await Promise.all([work(one, ofOne), work(two, ofTwo)]);
        const { records } = await one.read(GENERATED_IDS);
        const kept = new Map([...records].map(([id, { job }]) => [id, job]));
        for (const probe of probes) await probe.until((events) => versionsOf(copyOf(events)) === versionsOf(kept));
        for (const probe of probes) expect(copyOf(probe.events())).toEqual(kept);
        for (const view of [anns, everybodys]) {
          await view.catchUp(two, 3);
          const { jobs } = await two.list({ scope: view.scope, limit: 100 });
          expect(view.jobs).toEqual(new Map(jobs.map((job) => [job.id, job])));
        }
        expect(everybodys.jobs).toEqual(kept);
        await closeAll();
      });
      await fc.assert(property, { numRuns: 30 });
    },
    PROPERTY_TIMEOUT,
  );

  it('[F4] pages through a list that lies in several partitions, newest first', async () => {
    let now = 0;
    const store = node({ partitions: 4, now: () => ++now });
    const ids = Array.from({ length: 40 }, (_, index) => `job-${index}`);
    for (const id of ids) await store.apply([create(id)]);
    const seen: string[] = [];
    for (let page: string | null | undefined; page !== null;) {
      const { jobs, nextPage } = await store.list({ scope: 'all', limit: 7, ...(page === undefined ? {} : { page }) });
      seen.push(...jobs.map(({ id }) => id));
      page = nextPage;
    }
    expect(seen).toEqual([...ids].reverse());
    expect(redis('KEYS', `{${prefix}:p*}:meta`).split(/\s+/)).toHaveLength(4);
  });

  it('[R6] commits what it remembers, or creates, in one call, and gathers what is asked meanwhile', async () => {
    const store = node();
    await store.apply([create('a'), report('a')]);
    redis('CONFIG', 'RESETSTAT');
    for (let current = 1; current <= 20; current++) await store.apply([step('a', current), create(`new-${current}`)]);
    expect(callsOf('evalsha')).toBe(20);
    redis('CONFIG', 'RESETSTAT');
    await Promise.all(Array.from({ length: 60 }, (_, index) => store.apply([step('a', 100 + index)])));
    expect(callsOf('evalsha')).toBe(1);
  });

  it('[F1] hands on whole jobs, though long bodies do not travel with their events', async () => {
    const [one, two] = [node(), node()];
    const probe = await followProbe(two);
    const input = { text: 'x'.repeat(50_000) };
    await one.apply([create('a', { input })]);
    for (let current = 1; current <= 20; current++) await one.apply([step('a', current)]);
    await one.apply([complete('a', { long: 'y'.repeat(5000) })]);
    const events = await probe.settled();
    expect(events).toHaveLength(22);
    for (const event of events) expect(event).toMatchObject({ job: { input } });
    expect(events.at(-1)).toMatchObject({ kind: 'completed', job: (await recordOf(one, 'a')).job });
    expect(Number(redis('MEMORY', 'USAGE', `{${prefix}:p0}:events`))).toBeLessThan(50_000);
  });

  it('[F2] keeps as much of the stream as it is told to, and refuses to follow from before it', async () => {
    const store = node({ streamChanges: 20 });
    await store.apply([create('a')]);
    const { position: first } = await store.read([]);
    for (let current = 1; current <= 30; current++) await store.apply([step('a', current)]);
    const { position: late } = await store.read([]);
    for (let current = 31; current <= 45; current++) await store.apply([step('a', current)]);
    expect(Number(redis('XLEN', `{${prefix}:p0}:events`))).toBeLessThanOrEqual(25);
    await expect(store.follow(first, () => undefined)).rejects.toMatchObject({ code: 'page-invalid' });
    const probe = await followProbe(store, late);
    expect((await probe.settled()).map(inShort)).toEqual(Array.from({ length: 15 }, (_, index) => `progress a ${32 + index}`));
  });

  it('[R9] keeps few more progress changes than it shows', async () => {
    const store = node();
    await store.apply([create('a'), report('a')]);
    for (let current = 1; current <= 318; current++) await store.apply([step('a', current)]);
    await store.apply(Array.from({ length: 318 }, (_, index) => step('a', 400 + index)));
    expect((await store.history('a')).filter(({ progress }) => progress)).toHaveLength(100);
    expect(Number(redis('LLEN', `{${prefix}:p0}:history:a:progress`))).toBeLessThanOrEqual(132);
  });

  it('writes no key that docs/redis-keys.md does not tell of, and tells of none that it does not write', async () => {
    const store = node();
    const input = 'x'.repeat(600);
    await store.apply([create('a', { input }), report('a'), step('a', 1), create('b'), complete('b'), create('c'), complete('c')]);
    await store.apply([
      { kind: 'edited', id: 'b', userId: 'bob' },
      { kind: 'removed', id: 'c' },
    ]);
    await store.sessionEnds.add({ userId: 'ann', sessionId: null, at: 0, until: Date.now() });
    await store.audit.append([
      { at: new Date().toISOString(), who: null, what: 'delete', jobId: 'c', whom: null, from: null, outcome: 'done' },
    ]);
    const told = [...readFileSync(join(__dirname, '../../../../docs/redis-keys.md'), 'utf8').matchAll(/^\| (.*?) \|/gm)]
      .flatMap(([, cell = '']) => [...cell.matchAll(/`…(.*?)`/g)])
      .map(([, name = '']) => new RegExp(`^${name.replaceAll(/<[a-z]+>/g, '[^:]+')}$`));
    const keys = redis('KEYS', `{${prefix}:p0}:*`).split(/\s+/);
    const names = keys.map((key) => key.slice(prefix.length + 6));
    expect(names.filter((name) => !told.some((pattern) => pattern.test(name)))).toEqual([]);
    expect(told.filter((pattern) => !names.some((name) => pattern.test(name)))).toEqual([]);
    expect(told.length).toBeGreaterThan(15);
  });

  it('[R13] forgets removals after 24 h, and leaves nothing behind', async () => {
    const day = 24 * 3_600_000;
    let now = Date.now();
    const store = node({ now: () => now });
    await store.apply([create('a', { tags: ['x'] }), step('a', 1), create('b')]);
    const { position } = await store.read([]);
    await store.apply([{ kind: 'edited', id: 'a', userId: 'bob' }, complete('a'), { kind: 'removed', id: 'a' }]);
    await store.apply([
      { kind: 'cancelled', id: 'b' },
      { kind: 'removed', id: 'b' },
    ]);
    const ttl = (key: string) => Number(redis('PTTL', `{${prefix}:p0}:${key}`));
    expect(ttl('job:a')).toBeGreaterThan(day - 60_000);
    expect(ttl('job:a')).toBeLessThanOrEqual(day);
    expect(await store.since(position, { userId: 'ann' }, 9)).toMatchObject({ reset: false, removed: [{ id: 'a' }, { id: 'b' }] });
    now += day + 1;
    await store.overdue({ heartbeatBefore: 0, endedBefore: 0 });
    expect(await store.since(position, { userId: 'ann' }, 9)).toMatchObject({ reset: true, jobs: [], removed: [] });
    const keys = redis('KEYS', `{${prefix}:p0}:*`).split(/\s+/);
    const lasting = keys.map((key) => key.slice(prefix.length + 6)).filter((key) => ttl(key) === -1);
    expect(lasting.sort()).toEqual(['events', 'meta']);
  });
});

function copyOf(events: readonly JobEvent[]): Map<string, unknown> {
  const jobs = new Map<string, unknown>();
  for (const event of events) {
    if (event.kind === 'removed') jobs.delete(event.id);
    else if (event.kind !== 'revoked') jobs.set(event.job.id, event.job);
  }
  return jobs;
}

function versionsOf(jobs: ReadonlyMap<string, unknown>): string {
  const versions = [...jobs].map(([id, job]) => `${id} ${(job as { version: number }).version}`);
  return versions.sort().join();
}
