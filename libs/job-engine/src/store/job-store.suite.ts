import { RefusalError } from '@harmonia/contract';
import { describeApplying } from './job-store-apply.suite.js';
import { describeFollowing } from './job-store-follow.suite.js';
import { describeBesideModel } from './job-store-model.suite.js';
import { describeListing } from './job-store-list.suite.js';
import { describeSince } from './job-store-since.suite.js';
import type { JobStore } from './job-store.js';
import { create, followProbe, type StoreUnderTest } from './store-probe.suite.js';

/**
 * What every store must keep [G4]: run it over each, and over each behind `delayedJobStore`. It counts on nothing that
 * happens "at once": it awaits answers, and events by waiting for them.
 *
 * @param open opens an empty store; the suite closes it
 */
export function describeJobStore(name: string, open: () => JobStore | Promise<JobStore>): void {
  describe(`${name}, as any job store,`, () => {
    let opened: JobStore | undefined;
    const store: StoreUnderTest = () => {
      if (!opened) throw new Error('The store is not open.');
      return opened;
    };
    const reopen = async () => {
      await opened?.close();
      return (opened = await open());
    };
    beforeEach(reopen);
    afterAll(() => opened?.close());

    describe('apply', () => describeApplying(store));
    describe('list', () => describeListing(store));
    describe('since', () => describeSince(store, reopen));
    describe('follow', () => describeFollowing(store, reopen));
    describe('beside the model', () => describeBesideModel(reopen));
    describe('in general', () => describeInGeneral(store));
  });
}

function describeInGeneral(store: StoreUnderTest): void {
  it('[R7] carries one epoch in every answer and every batch', async () => {
    const probe = await followProbe(store());
    const outcomes = await store().apply([create('a'), create('a'), create('a', { userId: 'bob' })]);
    await probe.settled();
    const answers = [
      ...outcomes,
      ...probe.batches,
      await store().read([]),
      await store().list({ scope: 'all', limit: 1 }),
      await store().since(null, 'all', 1),
    ];
    const epochs = new Set(answers.map(({ epoch }) => epoch));
    expect([...epochs]).toEqual([expect.stringMatching(/^\S{8,64}$/)]);
  });

  it.each<[string, (store: JobStore) => Promise<unknown>]>([
    ['apply', (broken) => broken.apply(null as never)],
    ['read', (broken) => broken.read(null as never)],
    ['list', (broken) => broken.list(null as never)],
    ['since', (broken) => broken.since(null, null as never, 5)],
    ['overdue', (broken) => broken.overdue(null as never)],
  ])('rejects a malformed call of %s, and throws nothing', async (_, call) => {
    let answer: Promise<unknown> | undefined;
    expect(() => (answer = call(store()))).not.toThrow();
    await expect(answer).rejects.toThrow();
  });

  it('rejects everything with `unavailable` once it is closed, also when closed twice', async () => {
    const unfollow = await store().follow(null, () => undefined);
    await store().close();
    await store().close();
    const asked = [
      store().apply([create('a')]),
      store().read(['a']),
      store().list({ scope: 'all', limit: 1 }),
      store().history('a'),
      store().since(null, 'all', 1),
      store().follow(null, () => undefined),
      store().overdue({ heartbeatBefore: 0, endedBefore: 0 }),
    ];
    const answers = await Promise.allSettled(asked);
    for (const answer of answers) expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } });
    for (const answer of answers) expect(answer.status === 'rejected' && answer.reason).toBeInstanceOf(RefusalError);
    await expect(unfollow()).resolves.toBeUndefined();
  });
}
