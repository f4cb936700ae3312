import fc from 'fast-check';
import { generatedChange } from './generated-changes.suite.js';
import type { JobScope } from './job-store.js';
import { ListView } from './list-view.suite.js';
import { complete, create, step, PROPERTY_TIMEOUT, type ReopenedStore, type StoreUnderTest } from './store-probe.suite.js';

const ANN = { userId: 'ann' };
const BOB = { userId: 'bob' };
const SNAPSHOT_FINISHED = 100;

/** `since`: snapshots, what changed, and what left. */
export function describeSince(store: StoreUnderTest, reopen: ReopenedStore): void {
  const idsSince = async (position: string | null, scope: JobScope = ANN) => {
    const { jobs, removed, ...rest } = await store().since(position, scope, 500);
    return { ...rest, jobs: jobs.map(({ id }) => id), removed };
  };

  it('[S5] begins with a snapshot, then tells what changed, oldest change first, and then nothing', async () => {
    await store().apply([create('a'), create('b'), create('c'), complete('b'), create('other', BOB)]);
    const snapshot = await idsSince(null);
    expect(snapshot).toMatchObject({ reset: true, more: false, jobs: ['a', 'c', 'b'], removed: [] });
    await store().apply([step('c', 1), create('d'), step('a', 1), step('c', 2)]);
    const changes = await idsSince(snapshot.position);
    expect(changes).toMatchObject({ reset: false, more: false, jobs: ['d', 'a', 'c'], removed: [] });
    expect(await idsSince(changes.position)).toMatchObject({ reset: false, more: false, jobs: [], removed: [] });
  });

  it('[S5] begins a snapshot with every active job and the newest finished ones only, in however many parts', async () => {
    const active = Array.from({ length: 9 }, (_, index) => `active-${index}`);
    const old = Array.from({ length: 30 }, (_, index) => `old-${index}`);
    const newer = Array.from({ length: SNAPSHOT_FINISHED }, (_, index) => `new-${index}`);
    await store().apply([...active.map((id) => create(id)), ...[...old, ...newer].flatMap((id) => [create(id), complete(id)])]);
    await store().apply([create('bobs', BOB), complete('bobs'), { kind: 'removed', id: 'old-3' }]);
    expect(await idsSince(null)).toMatchObject({ jobs: [...active, ...newer], removed: [] });
    expect((await idsSince(null, 'all')).jobs).toEqual([...active, ...newer.slice(1), 'bobs']);
    for (const limit of [1, 7]) {
      const view = new ListView(ANN);
      await view.catchUp(store(), limit);
      expect([...view.jobs.keys()]).toEqual([...active, ...newer]);
      expect(view.removals).toEqual([]);
    }
  });

  it('[S5] converges while jobs change between two parts', async () => {
    const ids = Array.from({ length: 30 }, (_, index) => `job-${index}`);
    await store().apply(ids.map((id) => create(id)));
    const view = new ListView(ANN);
    let round = 0;
    await view.catchUp(store(), 4, async () => {
      const id = ids[round % ids.length] ?? '';
      if (round++ < 12) await store().apply([complete(id), step(`job-${29 - round}`, round), create(`new-${round}`)]);
      if (round === 6) await store().apply([{ kind: 'removed', id: 'job-0' }]);
    });
    await view.catchUp(store(), 4);
    const { jobs } = await store().list({ scope: ANN, limit: 100 });
    expect(view.jobs).toEqual(new Map(jobs.map((job) => [job.id, job])));
    expect(view.resets).toBe(1);
  });

  it('[R13, S5] tells of removals, each once', async () => {
    await store().apply([create('a'), create('b'), complete('a'), complete('b')]);
    const { position } = await idsSince(null);
    await store().apply([{ kind: 'removed', id: 'a' }]);
    const after = await idsSince(position);
    expect(after).toMatchObject({ jobs: [], removed: [{ id: 'a', userId: 'ann', version: 3 }] });
    expect((await idsSince(position, 'all')).removed).toEqual(after.removed);
    expect((await idsSince(position, BOB)).removed).toEqual([]);
    expect((await idsSince(after.position)).removed).toEqual([]);
    expect((await idsSince(null)).removed).toEqual([]);
    await store().apply([create('a')]);
    expect(await idsSince(position)).toMatchObject({ jobs: ['a'], removed: [] });
  });

  it('[R13, S5] tells the former owner of a job that it is gone, and only that one', async () => {
    await store().apply([create('a'), complete('a')]);
    const { position } = await idsSince(null);
    await store().apply([{ kind: 'edited', id: 'a', ...BOB }]);
    expect(await idsSince(position, ANN)).toMatchObject({ jobs: [], removed: [{ id: 'a', version: 3 }] });
    expect(await idsSince(position, BOB)).toMatchObject({ jobs: ['a'], removed: [] });
    expect(await idsSince(position, 'all')).toMatchObject({ jobs: ['a'], removed: [] });
    await store().apply([{ kind: 'edited', id: 'a', ...ANN }]);
    expect(await idsSince(position, ANN)).toMatchObject({ jobs: ['a'], removed: [] });
    expect(await idsSince(position, BOB)).toMatchObject({ jobs: [], removed: [{ id: 'a', version: 4 }] });
    await store().apply([{ kind: 'removed', id: 'a' }]);
    expect(await idsSince(position, 'all')).toMatchObject({ jobs: [], removed: [{ id: 'a', version: 5 }] });
  });

  it.each([
    ['nothing', ''],
    ['a word', 'garbage'],
    ['a number', '12'],
    ['colons', '::::'],
    ['an epoch of its own making', 'a:1'],
    ['no epoch', ':1'],
    ['400 letters', 'x'.repeat(400)],
    ['SQL', "'; DROP TABLE jobs; --"],
  ])('[S5, R7] answers %s for a cursor with a snapshot', async (_, position) => {
    await store().apply([create('a'), create('b', BOB)]);
    expect(await idsSince(position)).toMatchObject({ reset: true, jobs: ['a'] });
  });

  it('[S5, R7] answers a cursor from the future, or of another store, with a snapshot', async () => {
    await store().apply([create('a')]);
    const { position } = await idsSince(null);
    const forged = [position.replace(/\d+$/, '999999999999'), position.replace(/^./, (first) => (first === 'f' ? 'e' : 'f'))];
    for (const cursor of forged) expect(await idsSince(cursor)).toMatchObject({ reset: true, jobs: ['a'] });
  });

  it('[S5, G2] keeps to the scope asked for, whoever the cursor was made for', async () => {
    await store().apply([create('a'), create('b', BOB), complete('b'), create('c', BOB)]);
    const all = await store().since(null, 'all', 1);
    expect(all).toMatchObject({ more: true });
    expect((await idsSince(all.position, ANN)).jobs).not.toContain('c');
    await store().apply([{ kind: 'removed', id: 'b' }, step('a', 1)]);
    expect(await idsSince(all.position, ANN)).toMatchObject({ jobs: ['a'], removed: [] });
  });

  it('[S5, F1] takes the position of a read or of an event for a cursor', async () => {
    await store().apply([create('a')]);
    const { position, epoch } = await store().read([]);
    await store().apply([create('b')]);
    expect(await idsSince(position)).toMatchObject({ epoch, reset: false, jobs: ['b'] });
  });

  it(
    '[S5, G4] keeps the lists of everybody right over any changes, asked for at any moment',
    async () => {
      const turn = fc.record({
        batch: fc.array(generatedChange({ withRemovals: true }), { minLength: 1, maxLength: 8 }),
        asks: fc.subarray([0, 1, 2]),
        limit: fc.integer({ min: 1, max: 3 }),
      });
      const property = fc.asyncProperty(fc.array(turn, { maxLength: 12 }), async (turns) => {
        const fresh = await reopen();
        const views = [new ListView(ANN), new ListView(BOB), new ListView('all')];
        for (const { batch, asks, limit } of turns) {
          await fresh.apply(batch);
          for (const index of asks) await views[index]?.catchUp(fresh, limit);
        }
        for (const view of views) {
          await view.catchUp(fresh);
          const { jobs } = await fresh.list({ scope: view.scope, limit: 100 });
          expect(view.jobs).toEqual(new Map(jobs.map((job) => [job.id, job])));
        }
      });
      await fc.assert(property, { numRuns: 40 });
    },
    PROPERTY_TIMEOUT,
  );
}
