import { SqliteJobStore } from '@harmonia/job-engine';
import { HeldJobStore } from '../held-job-store.suite.js';
import { SharedLists } from './shared-lists.js';

const ANN = { userId: 'ann' };

describe('readings of lists that are shared', () => {
  let store: HeldJobStore;
  let lists: SharedLists;
  let reads: jest.SpyInstance;
  beforeEach(async () => {
    store = new HeldJobStore(SqliteJobStore.open({ directory: ':memory:' }));
    reads = jest.spyOn(store, 'since');
    lists = new SharedLists(store);
    await store.follow(null, ({ events }) => events.forEach((event) => event.kind !== 'revoked' && lists.hear(event)));
  });
  afterEach(() => store.close());

  const create = (id: string, userId = 'ann') =>
    store.apply([{ kind: 'created', job: { id, userId, jobType: 'simulate', title: null, tags: [], input: null } }]);
  const ids = async (userId = 'ann') => (await lists.since(null, { userId }, 500)).jobs.map(({ id }) => id);

  it('[S5] are one for all who ask for the same while nothing of the list changes', async () => {
    await create('a');
    const [first, second] = await Promise.all([lists.since(null, ANN, 500), lists.since(null, ANN, 500)]);
    await create('b', 'ben');
    expect(second).toBe(first);
    expect(await lists.since(null, ANN, 500)).toBe(first);
    expect(reads).toHaveBeenCalledTimes(1);
  });

  it.each([
    ['another user', null, { userId: 'ben' }, 500],
    ['everybody', null, 'all' as const, 500],
    ['another cursor', 'elsewhere', ANN, 500],
    ['another page', null, ANN, 10],
  ])('are not shared with %s', async (_, cursor, scope, limit) => {
    await Promise.all([lists.since(null, ANN, 500), lists.since(cursor, scope, limit)]);
    expect(reads).toHaveBeenCalledTimes(2);
  });

  it('[S3] are not handed to whoever asks after something of the list was heard', async () => {
    expect(await ids()).toEqual([]);
    await create('a');
    expect(await ids()).toEqual(['a']);
    await store.apply([{ kind: 'edited', id: 'a', userId: 'ben' }]);
    expect([await ids(), await ids('ben')]).toEqual([[], ['a']]);
    await store.apply([{ kind: 'cancelled', id: 'a' }]);
    await store.apply([{ kind: 'removed', id: 'a' }]);
    expect(await ids('ben')).toEqual([]);
  });

  it('[S3] are not handed to whoever asks after something was heard while the store is still reading', async () => {
    const reading = store.hold();
    const early = ids();
    await reading.taken;
    await create('a');
    const late = ids();
    reading.release();
    expect([await early, await late]).toEqual([[], ['a']]);
  });

  it('of everybody’s jobs are spoiled by any change', async () => {
    await lists.since(null, 'all', 500);
    await create('a');
    expect((await lists.since(null, 'all', 500)).jobs).toHaveLength(1);
  });

  it('of a list that keeps changing are as few as twenty a second, and each is as new as whoever waits for it', async () => {
    const began = performance.now();
    const asked: Promise<string[]>[] = [];
    for (let count = 0; count < 50; count++) {
      await create(`job-${count}`);
      asked.push(ids());
    }
    const answers = await Promise.all(asked);
    answers.forEach((answer, count) => expect(answer).toContain(`job-${count}`));
    expect(reads.mock.calls.length).toBeLessThanOrEqual(2 + (performance.now() - began) / 50);
  });

  it('that fail are not kept', async () => {
    reads.mockRejectedValueOnce(new Error('away'));
    await expect(ids()).rejects.toThrow('away');
    expect(await ids()).toEqual([]);
  });

  it('are not kept in any number, and let go of after a while', async () => {
    jest.useFakeTimers({ doNotFake: ['performance'] });
    try {
      for (let user = 0; user < 30; user++) await ids(`user-${user}`);
      await ids('user-29');
      expect(reads).toHaveBeenCalledTimes(30);
      await ids('user-0');
      expect(reads).toHaveBeenCalledTimes(31);
      jest.advanceTimersByTime(1000);
      expect(lists.isKeeping).toBe(false);
    } finally {
      jest.useRealTimers();
    }
  });
});
