import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JobStore } from '../store/job-store.js';
import { RedisJobStore } from '../store/redis-job-store.js';
import { SqliteJobStore } from '../store/sqlite-job-store.js';
import { MemorySessionEnds } from './memory-session-ends.js';
import type { SessionEnd, SessionEnds } from './session-ends.js';

const NOW = Date.now();
const end = (userId: string, sessionId: string | null, until = NOW + 60_000, at = NOW): SessionEnd => ({ userId, sessionId, at, until });

const open: Pick<JobStore, 'close'>[] = [];
const kept = <Store extends Pick<JobStore, 'close'>>(store: Store): Store => {
  open.push(store);
  return store;
};
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

function describeSessionEnds(name: string, make: (now: () => number) => SessionEnds): void {
  describe(`${name} [S8]`, () => {
    it('hands out what was added since, and all of it to whoever knows nothing or comes from another past', async () => {
      const ends = make(() => NOW);
      expect(await ends.since(0)).toEqual({ cursor: 0, ends: [] });
      const all = [end('ann', 'one'), end('bän:\n', null), end('ann', '')];
      for (const one of all.slice(0, 2)) await ends.add(one);
      const { cursor } = await ends.since(0);
      expect(await ends.since(cursor)).toEqual({ cursor, ends: [] });
      await ends.add(end('ann', ''));
      expect((await ends.since(cursor)).ends).toEqual(all.slice(2));
      expect((await ends.since(0)).ends).toEqual(expect.arrayContaining(all));
    });

    it('forgets what nobody needs to know any more', async () => {
      let now = NOW;
      const ends = make(() => now);
      await ends.add(end('ann', 'short', NOW + 1000));
      await ends.add(end('ann', 'long', NOW + 100_000));
      now += 2000;
      await ends.add(end('ben', null, NOW + 100_000, now));
      expect((await ends.since(0)).ends.map(({ sessionId }) => sessionId).toSorted()).toEqual(['long', null].toSorted());
    });
  });
}

describeSessionEnds('MemorySessionEnds', () => new MemorySessionEnds());
describeSessionEnds('SqliteSessionEnds', (now) => kept(SqliteJobStore.open({ directory: ':memory:', now })).sessionEnds);

describe('SqliteSessionEnds [S8]', () => {
  it('knows it after a restart', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'harmonia-ends-'));
    const before = SqliteJobStore.open({ directory });
    await before.sessionEnds.add(end('ann', 'one'));
    await before.close();
    expect((await kept(SqliteJobStore.open({ directory })).sessionEnds.since(0)).ends).toEqual([end('ann', 'one')]);
    rmSync(directory, { recursive: true });
  });
});

describeWithRedis('RedisSessionEnds', () => {
  let server: RedisServer;
  let stores = 0;
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  afterAll(() => server.remove());
  const store = (now = () => NOW, prefix = `ends-${++stores}`) => kept(RedisJobStore.open({ url: server.url, prefix, now }));

  describeSessionEnds('RedisSessionEnds', (now) => store(now).sessionEnds);

  it('[S8] tells every node, also one that was away for long, and one whose past was rewritten', async () => {
    const [one, two] = [store(undefined, 'many'), store(undefined, 'many')];
    for (let index = 0; index < 700; index++) await one.sessionEnds.add(end('ann', `session-${index}`));
    expect((await two.sessionEnds.since(0)).ends).toHaveLength(700);
    expect((await two.sessionEnds.since(1)).ends.length).toBeGreaterThanOrEqual(699);
    expect((await two.sessionEnds.since(690)).ends.map(({ sessionId }) => sessionId)).toEqual(
      Array.from({ length: 10 }, (_, index) => `session-${690 + index}`),
    );
    expect((await two.sessionEnds.since(10_000)).ends).toHaveLength(700);
  });

  it('says that it cannot be reached', async () => {
    const away = store();
    await away.close();
    open.length = 0;
    await expect(away.sessionEnds.since(0)).rejects.toMatchObject({ code: 'unavailable' });
    await expect(away.sessionEnds.add(end('ann', 'one'))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
