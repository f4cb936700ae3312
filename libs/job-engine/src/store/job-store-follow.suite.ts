import fc from 'fast-check';
import { generatedChange, GENERATED_IDS } from './generated-changes.suite.js';
import type { JobChange } from './job-change.js';
import type { JobEvent } from './job-event.js';
import {
  complete,
  create,
  followProbe,
  inShort,
  report,
  step,
  PROPERTY_TIMEOUT,
  type ReopenedStore,
  type StoreUnderTest,
} from './store-probe.suite.js';

/** Followers: every committed event, in order. */
export function describeFollowing(store: StoreUnderTest, reopen: ReopenedStore): void {
  it('[F1, E1] hands on one event a version, in commit order, from now on', async () => {
    await store().apply([create('before')]);
    const probe = await followProbe(store());
    const changes: JobChange[] = [
      create('a'),
      report('a'),
      step('a', 5),
      { kind: 'edited', id: 'a', title: 'A' },
      { kind: 'requeued', id: 'a', reason: 'interrupted' },
      { kind: 'cancelled', id: 'a' },
      { kind: 'retried', id: 'a' },
      { kind: 'revoked', userId: 'bob', jobId: 'a' },
      report('a', { status: 'failed', error: { code: 'broken', message: 'It broke.' } }),
      { kind: 'retried', id: 'a' },
      complete('a', { ok: true }),
      { kind: 'edited', id: 'a', userId: 'bob' },
      { kind: 'removed', id: 'a' },
      { kind: 'revoked', userId: 'bob' },
    ];
    await store().apply(changes.slice(0, 6));
    await store().apply(changes.slice(6));
    const events = await probe.settled();
    expect(events.map(inShort)).toEqual([
      'created a 1',
      'started a 2',
      'progress a 3',
      'edited a 4',
      'requeued a 5',
      'cancelled a 6',
      'retried a 7',
      'revoked bob a',
      'failed a 8',
      'retried a 9',
      'completed a 10',
      'edited a 11',
      'removed a 12',
      'revoked bob all',
    ]);
    expect(events[4]).toMatchObject({ reason: 'interrupted' });
    expect(events[11]).toMatchObject({ previousUserId: 'ann', job: { userId: 'bob' } });
    expect(events[12]).toMatchObject({ userId: 'bob' });
  });

  it('[R4, F1] tells nobody of what changed nothing', async () => {
    await store().apply([create('a'), step('a', 5, { sequence: 5 })]);
    const probe = await followProbe(store());
    await store().apply([create('a'), create('a', { userId: 'bob' }), step('a', 6, { sequence: 5 }), report('a'), report('b')]);
    await store().apply([]);
    expect(await probe.settled()).toEqual([]);
    expect(probe.batches).toHaveLength(1);
  });

  it('[F1, R6] gives each batch the position after it, from which nothing is missed and nothing is repeated', async () => {
    const probe = await followProbe(store());
    await store().apply([create('a'), step('a', 1)]);
    await store().apply([create('b')]);
    await store().apply([step('a', 2)]);
    await probe.settled();
    const later = await followProbe(store(), probe.batches.find(({ events }) => events.length === 2)?.position ?? null);
    expect((await later.settled()).map(inShort)).toEqual(['created b 1', 'progress a 3']);
  });

  it('[F1] hands on the newest state of what changed since an older position, then goes on', async () => {
    await store().apply([create('untouched'), create('moved'), create('ended'), create('gone'), complete('gone')]);
    const { position } = await store().read([]);
    await store().apply([
      create('new'),
      step('new', 1),
      step('new', 2),
      complete('ended', 1),
      { kind: 'removed', id: 'gone' },
      { kind: 'edited', id: 'moved', userId: 'bob' },
      { kind: 'revoked', userId: 'ann', jobId: 'moved' },
      create('queued'),
      create('retried'),
      { kind: 'cancelled', id: 'retried' },
      { kind: 'retried', id: 'retried' },
    ]);
    const probe = await followProbe(store(), position);
    await store().apply([step('new', 3)]);
    const events = await probe.settled();
    const newest = new Map(events.flatMap((event) => ('job' in event ? [[event.job.id, event.job] as const] : [])));
    const { records } = await store().read([...newest.keys()]);
    expect([...newest.keys()].sort()).toEqual(['ended', 'moved', 'new', 'queued', 'retried']);
    for (const [id, job] of newest) expect(job).toEqual(records.get(id)?.job);
    const told = events.map(inShort);
    expect(told).toEqual(
      expect.arrayContaining([
        'removed gone 3',
        'revoked ann moved',
        'edited moved 2',
        'completed ended 2',
        'created queued 1',
        'retried retried 3',
      ]),
    );
    expect(events).toContainEqual(expect.objectContaining({ kind: 'edited', previousUserId: 'ann' }));
    expect(told.at(-1)).toBe('progress new 4');
  });

  it('[F1] misses and repeats nothing when it begins amid changes', async () => {
    await store().apply([create('a')]);
    const { position } = await store().read([]);
    const changing = Array.from({ length: 30 }, (_, index) => store().apply([step('a', index + 1)]));
    const probe = await followProbe(store(), position);
    await Promise.all(changing);
    const versions = (await probe.settled()).map((event) => ('job' in event ? event.job.version : 0));
    const first = versions[0] ?? 0;
    expect(versions).toEqual(Array.from({ length: 32 - first }, (_, index) => first + index));
  });

  it(
    '[F1] keeps a copy by events alone that equals the store, from any position',
    async () => {
      const batches = fc.array(fc.array(generatedChange({ withRemovals: true }), { minLength: 1, maxLength: 6 }), { maxLength: 8 });
      const property = fc.asyncProperty(batches, batches, batches, async (before, missed, live) => {
        const fresh = await reopen();
        for (const batch of before) await fresh.apply(batch);
        const start = await fresh.read(GENERATED_IDS);
        for (const batch of missed) await fresh.apply(batch);
        const probe = await followProbe(fresh, start.position);
        for (const batch of live) await fresh.apply(batch);
        const copy = new Map([...start.records].map(([id, { job }]) => [id, job]));
        for (const event of await probe.settled()) applyEvent(copy, event);
        const { records } = await fresh.read(GENERATED_IDS);
        expect(copy).toEqual(new Map([...records].map(([id, { job }]) => [id, job])));
      });
      await fc.assert(property, { numRuns: 40 });
    },
    PROPERTY_TIMEOUT,
  );

  it.each(['garbage', ''])('[R7, F2] refuses to follow from the position %j, which is none of its own', async (position) => {
    await expect(followProbe(store(), position)).rejects.toMatchObject({ code: 'page-invalid' });
  });

  it('[F1] hands nothing more to a follower that has left, and everything to the others', async () => {
    const [left, stays] = [await followProbe(store()), await followProbe(store())];
    await store().apply([create('a')]);
    await left.settled();
    const heard = left.batches.length;
    await left.unfollow();
    await store().apply([create('b')]);
    expect((await stays.settled()).map(inShort)).toEqual(['created a 1', 'created b 1']);
    expect(left.batches).toHaveLength(heard);
    await left.unfollow();
  });

  it('[F1, R6] lets a listener that throws disturb neither the change nor another listener', async () => {
    const unfollow = await store().follow(null, () => {
      throw new Error('This listener is broken.');
    });
    const probe = await followProbe(store());
    expect(await store().apply([create('a'), step('a', 1)])).toMatchObject([{ result: 'accepted' }, { result: 'accepted' }]);
    expect((await probe.settled()).map(inShort)).toEqual(['created a 1', 'started a 2']);
    await unfollow();
  });

  it('[F1] keeps the order for everyone when a listener itself changes jobs and follows', async () => {
    const answers: Promise<unknown>[] = [];
    const heard: JobEvent[] = [];
    await store().follow(null, ({ events }) => {
      const isFirst = events.some((event) => event.kind === 'created' && event.job.id === 'a');
      if (isFirst) answers.push(store().apply([report('a')]), store().apply([step('a', 1)]), followProbe(store()));
      heard.push(...events);
    });
    const probe = await followProbe(store());
    await store().apply([create('a'), create('b')]);
    await probe.until((events) => events.some((event) => event.kind === 'progress'));
    expect(await Promise.all(answers)).toHaveLength(3);
    expect((await probe.settled()).map(inShort)).toEqual(['created a 1', 'created b 1', 'started a 2', 'progress a 3']);
    expect(heard.slice(0, 4).map(inShort)).toEqual(['created a 1', 'created b 1', 'started a 2', 'progress a 3']);
  });
}

function applyEvent(jobs: Map<string, unknown>, event: JobEvent): void {
  if (event.kind === 'removed') jobs.delete(event.id);
  else if (event.kind !== 'revoked') jobs.set(event.job.id, event.job);
}
