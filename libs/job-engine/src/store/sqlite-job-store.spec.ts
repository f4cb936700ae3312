import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JobChange } from './job-change.js';
import { delayedJobStore } from './delayed-job-store.suite.js';
import { describeJobStore } from './job-store.suite.js';
import { SqliteJobStore } from './sqlite-job-store.js';
import { complete, create, followProbe, recordOf, report, step } from './store-probe.suite.js';

const home = mkdtempSync(join(tmpdir(), 'harmonia-store-'));
let directories = 0;
const openOnDisk = () => SqliteJobStore.open({ directory: join(home, String(++directories)) });
const openInMemory = () => SqliteJobStore.open({ directory: ':memory:' });

const warnings = jest.spyOn(process, 'emitWarning').mockImplementation(() => undefined);

afterAll(() => {
  warnings.mockRestore();
  rmSync(home, { recursive: true, force: true });
});

describeJobStore('SqliteJobStore on disk', openOnDisk);
describeJobStore('SqliteJobStore in memory', openInMemory);
describeJobStore('SqliteJobStore behind delays', () => delayedJobStore(openInMemory(), 20261121));

describe('SqliteJobStore', () => {
  it('[F1] warns of a listener that throws, without ending the process', async () => {
    const store = openInMemory();
    const broken: unknown[] = [new Error('This listener is broken.'), 'not even an error'];
    for (const thrown of broken) {
      await store.follow(null, () => {
        throw thrown;
      });
    }
    warnings.mockClear();
    await store.apply([create('a')]);
    const told = { code: 'HARMONIA_FOLLOWER', detail: expect.stringContaining('This listener is broken.') };
    expect(warnings.mock.calls).toEqual([
      [expect.stringContaining('missed events'), told],
      [expect.stringContaining('missed events'), { ...told, detail: undefined }],
    ]);
    await store.close();
  });

  it('[F1] hands nothing more to a follower that another one has just made leave', async () => {
    const store = openInMemory();
    const heard: string[] = [];
    const leaving: (() => Promise<void>)[] = [];
    await store.follow(null, () => leaving.forEach((unfollow) => void unfollow()));
    leaving.push(await store.follow(null, () => heard.push('left')));
    await store.follow(null, () => heard.push('stayed'));
    await store.apply([create('a')]);
    expect(heard).toEqual(['stayed']);
    await store.close();
  });

  it('[R9] keeps no more progress changes than it shows, and a few that it sweeps in bulk', async () => {
    const directory = join(home, String(++directories));
    const store = SqliteJobStore.open({ directory });
    await store.apply([create('a'), report('a'), ...Array.from({ length: 318 }, (_, index) => step('a', index + 1))]);
    expect((await recordOf(store, 'a')).job.version).toBe(320);
    await store.close();
    const database = new DatabaseSync(join(directory, 'harmonia.sqlite'));
    expect({ ...database.prepare('SELECT count(*) AS entries FROM history').get() }).toEqual({ entries: 102 });
    database.close();
  });

  it('[G19] syncs the disk for what must outlive the power too, not for progress', async () => {
    const store = openInMemory();
    const exec = jest.spyOn(DatabaseSync.prototype, 'exec');
    const synced = async (...changes: JobChange[]) => {
      exec.mockClear();
      await store.apply(changes);
      return exec.mock.calls.some(([sql]) => sql.includes('synchronous = FULL'));
    };
    expect(await synced(create('a'))).toBe(true);
    expect(await synced(report('a'))).toBe(false);
    expect(await synced(step('a', 1), step('a', 2))).toBe(false);
    expect(await synced(step('a', 3), complete('a'))).toBe(true);
    expect(await synced({ kind: 'removed', id: 'a' })).toBe(true);
    exec.mockRestore();
    await store.close();
  });

  it('[R13, S5] forgets removals after 24 h; cursors from before them begin anew', async () => {
    const hour = 3_600_000;
    let now = 0;
    const store = SqliteJobStore.open({ directory: ':memory:', now: () => now });
    await store.apply([create('a'), complete('a'), create('b')]);
    const { position: before } = await store.read([]);
    await store.apply([
      { kind: 'removed', id: 'a' },
      { kind: 'revoked', userId: 'ann' },
    ]);
    const { position: after } = await store.read([]);
    now = 24 * hour - 1;
    expect(await store.apply([create('a', { userId: 'bob' })])).toMatchObject([{ code: 'job-id-conflict' }]);
    expect(await store.since(before, 'all', 9)).toMatchObject({ reset: false, removed: [{ id: 'a' }] });
    now = 25 * hour;
    expect(await store.apply([create('a', { userId: 'bob' })])).toMatchObject([{ record: { job: { version: 1 } } }]);
    expect(await store.since(before, 'all', 9)).toMatchObject({ reset: true, removed: [] });
    expect(await store.since(after, 'all', 9)).toMatchObject({ reset: false, jobs: [{ id: 'a' }] });
    now = 26 * hour;
    await store.apply([create('c')]);
    expect(await store.since(before, 'all', 9)).toMatchObject({ reset: true });
    await expect(followProbe(store, before)).rejects.toMatchObject({ code: 'page-invalid' });
    await store.close();
  });

  it('[F1] refuses to follow from the middle of a snapshot', async () => {
    const store = openInMemory();
    await store.apply([create('a'), create('b')]);
    const { position, more } = await store.since(null, 'all', 1);
    expect(more).toBe(true);
    await expect(followProbe(store, position)).rejects.toMatchObject({ code: 'page-invalid' });
    await store.close();
  });

  it('[R1] stamps changes with the clock it was given, for display', async () => {
    let now = Date.parse('2026-01-02T03:04:05.678Z');
    const store = SqliteJobStore.open({ directory: ':memory:', now: () => now });
    await store.apply([create('a')]);
    now += 1000;
    await store.apply([report('a')]);
    const times = { createdAt: '2026-01-02T03:04:05.678Z', updatedAt: '2026-01-02T03:04:06.678Z' };
    expect(await recordOf(store, 'a')).toMatchObject({ heartbeatAt: now, endedAt: null, job: times });
    expect((await store.history('a')).map(({ at }) => at)).toEqual([times.createdAt, times.updatedAt]);
    await store.close();
  });

  it('[S5] finds what it looks for by an index, so that cost follows what is asked', async () => {
    const prepare = jest.spyOn(DatabaseSync.prototype, 'prepare');
    const directory = join(home, String(++directories));
    const store = SqliteJobStore.open({ directory });
    await store.apply([create('a', { tags: ['x'] }), step('a', 1), step('a', 2), report('a'), { kind: 'edited', id: 'a', userId: 'bob' }]);
    await store.apply([complete('a'), { kind: 'removed', id: 'a' }, create('b'), { kind: 'revoked', userId: 'bob' }]);
    for (const scope of ['all', { userId: 'ann' }] as const) {
      for (const filter of [{}, { status: ['queued' as const] }, { type: 't' }, { tag: 'x' }, { page: '5' }])
        await store.list({ scope, limit: 5, ...filter });
      const { position } = await store.since(null, scope, 5);
      await (
        await store.follow(position, () => undefined)
      )();
    }
    await store.history('a');
    await store.overdue({ heartbeatBefore: 0, endedBefore: 0 });
    await store.close();
    const texts = [...new Set(prepare.mock.calls.map(([sql]) => sql))];
    prepare.mockRestore();
    const database = new DatabaseSync(join(directory, 'harmonia.sqlite'));
    const plans = texts.map((sql) => ({ sql, plan: planOf(database, sql) }));
    database.close();
    const walks = plans.filter(({ plan }) => /^SCAN (jobs|payloads|history|job_tags)$/m.test(plan)).map(({ sql }) => sql);
    const sorts = plans.filter(({ plan }) => plan.includes('TEMP B-TREE')).map(({ sql }) => sql);
    expect(plans.length).toBeGreaterThan(30);
    expect(walks).toEqual([expect.stringMatching(/created ORDER BY created DESC LIMIT :limit$/)]); // the first page of everything
    expect(sorts).toEqual([expect.stringMatching(/FROM history[^]*LIMIT 100\)\s*ORDER BY version$/)]); // at most 100 and a few
  });

  it('[R9] keeps few more progress changes than it shows, whatever else changes between them', async () => {
    const directory = join(home, String(++directories));
    const store = SqliteJobStore.open({ directory });
    await store.apply([create('a'), report('a')]);
    for (let current = 1; current <= 300; current++) {
      await store.apply([step('a', current), { kind: 'edited', id: 'a', title: `Page ${current}` }]);
    }
    expect((await store.history('a')).filter(({ progress }) => progress)).toHaveLength(100);
    await store.close();
    const database = new DatabaseSync(join(directory, 'harmonia.sqlite'));
    const kept = database.prepare('SELECT count(*) AS count FROM history WHERE is_progress = 1').get();
    database.close();
    expect(kept?.['count']).toBeLessThanOrEqual(132);
  });
});

function planOf(database: DatabaseSync, sql: string): string {
  const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
  return steps.map((part) => part['detail']).join('\n');
}
