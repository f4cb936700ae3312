import { applyOne, complete, create, followProbe, inShort, recordOf, report, step, type StoreUnderTest } from './store-probe.suite.js';

/** Changes, reads, history and what is overdue. */
export function describeApplying(store: StoreUnderTest): void {
  it('[R1, R6] answers each change in order and keeps what it answered', async () => {
    const job = { userId: 'ann', jobType: 'pdf-notes', title: 'Minutes', tags: ['x', 'y'], input: { file: { name: 'a.pdf' } } };
    const outcomes = await store().apply([create('a', job), step('a', 250), complete('a', { pages: [1, 2] }), report('missing')]);
    expect(outcomes.map((outcome) => outcome.result)).toEqual(['accepted', 'accepted', 'accepted', 'refused']);
    const { records } = await store().read(['a', 'missing', 'a']);
    expect([...records.keys()]).toEqual(['a']);
    expect(outcomes[2]).toMatchObject({ record: records.get('a') });
    expect(records.get('a')?.job).toMatchObject({
      ...{ id: 'a', ...job, status: 'completed', version: 3, bodyVersion: 3, attempt: 1 },
      ...{ progress: { current: 1000, total: 1000, percentage: 100 }, result: { pages: [1, 2] } },
    });
  });

  it('[R6] reads nothing and applies nothing when asked for nothing', async () => {
    expect(await store().apply([])).toEqual([]);
    expect((await store().read([])).records.size).toBe(0);
  });

  it('[R12] takes a repeated create by its owner for the same job, and by anyone else for a conflict', async () => {
    await store().apply([create('a', { title: 'First' })]);
    expect(await applyOne(store(), create('a', { title: 'Second' }))).toMatchObject({
      result: 'unchanged',
      record: { job: { title: 'First', version: 1 } },
    });
    expect(await applyOne(store(), create('a', { userId: 'bob' }))).toMatchObject({ result: 'refused', code: 'job-id-conflict' });
  });

  it('[R4] answers stale and latched reports with what a reporter resumes from', async () => {
    await store().apply([create('a'), step('a', 1, { attempt: 1, sequence: 5 })]);
    expect(await applyOne(store(), step('a', 2, { attempt: 1, sequence: 5 }))).toMatchObject({
      ...{ result: 'ignored', reason: 'stale', record: { sequence: 5, job: { attempt: 1, version: 2 } } },
    });
    await store().apply([complete('a')]);
    expect(await applyOne(store(), step('a', 3, { attempt: 1, sequence: 9 }))).toMatchObject({
      ...{ result: 'ignored', reason: 'latched', record: { job: { status: 'completed', version: 3 } } },
    });
    expect((await recordOf(store(), 'a')).job.version).toBe(3);
  });

  it('[R6] decides changes that come at the same time one after the other', async () => {
    const probe = await followProbe(store());
    await store().apply([create('a')]);
    await Promise.all(Array.from({ length: 20 }, (_, index) => store().apply([step('a', index + 1), step('a', 100 + index)])));
    const versions = (await probe.settled()).map((event) => ('job' in event ? event.job.version : 0));
    expect(versions).toEqual(Array.from({ length: 41 }, (_, index) => index + 1));
    expect((await recordOf(store(), 'a')).job.version).toBe(41);
  });

  it('[R6] rolls a batch that fails in the middle back, and tells nobody of it', async () => {
    await store().apply([create('a')]);
    const probe = await followProbe(store());
    const { position } = await store().read([]);
    await expect(store().apply([step('a', 5), create('b'), null as never, complete('a')])).rejects.toThrow();
    expect((await recordOf(store(), 'a')).job).toMatchObject({ status: 'queued', version: 1 });
    expect((await store().read(['b'])).records.size).toBe(0);
    expect(await store().read([])).toMatchObject({ position });
    await store().apply([step('a', 6)]);
    expect((await probe.settled()).map(inShort)).toEqual(['started a 2']);
    expect((await store().history('a')).map(({ version }) => version)).toEqual([1, 2]);
  });

  it('[R8] keeps users apart whatever their ids look like', async () => {
    const users = ['ann', 'Ann', 'ann ', "o'neil", '%', '_', 'a:b/c', '*', 'юзер', '👩‍🚀'.slice(0, 2), '"; DROP TABLE jobs'];
    await store().apply(users.map((userId, index) => create(`job-${index}`, { userId })));
    for (const [index, userId] of users.entries()) {
      const { jobs } = await store().list({ scope: { userId }, limit: 10 });
      expect(jobs.map(({ id }) => id)).toEqual([`job-${index}`]);
    }
  });

  it('[R9] keeps the history of every status change and of the newest 100 progress changes', async () => {
    await store().apply([create('a'), report('a')]);
    for (let first = 1; first <= 150; first += 50) {
      await store().apply(Array.from({ length: 50 }, (_, index) => step('a', first + index)));
    }
    await store().apply([
      { kind: 'edited', id: 'a', title: 'Edited' },
      { kind: 'requeued', id: 'a', reason: 'retrying' },
      step('a', 7),
      report('a', { status: 'failed', error: { code: 'broken', message: 'It broke.' } }),
    ]);
    const history = await store().history('a');
    const progress = history.filter(({ version }) => version > 2 && version <= 152);
    expect(progress.map((entry) => entry.progress?.current)).toEqual(Array.from({ length: 100 }, (_, index) => 51 + index));
    const statuses = history.filter((entry) => !progress.includes(entry));
    expect(statuses.map(({ version, attempt, status, reason }) => [version, attempt, status, reason])).toEqual([
      [1, 1, 'queued', undefined],
      [2, 1, 'processing', undefined],
      [154, 2, 'queued', 'retrying'],
      [155, 2, 'processing', undefined],
      [156, 2, 'failed', undefined],
    ]);
    expect(history.map(({ version }) => version)).toEqual(history.map(({ version }) => version).sort((a, b) => a - b));
  });

  it('[R9] says of each step what it was, whatever the same batch brings after it', async () => {
    await store().apply([create('a'), report('a')]);
    const heard = report('a', { attempt: 1, sequence: 9 });
    await store().apply([step('a', 1), { kind: 'edited', id: 'a', title: 'Edited' }, heard]);
    await store().apply([
      step('a', 2, { attempt: 1, sequence: 10 }),
      step('a', 3, { attempt: 1, sequence: 11 }),
      report('a', { attempt: 1, sequence: 12 }),
    ]);
    const history = await store().history('a');
    expect(history.slice(2).map(({ version, progress }) => [version, progress?.current])).toEqual([
      [3, 1],
      [5, 2],
      [6, 3],
    ]);
    expect(await recordOf(store(), 'a')).toMatchObject({ sequence: 12, job: { version: 6, title: 'Edited' } });
  });

  it('[R13] says at which version what is gone went, as long as that is remembered', async () => {
    await store().apply([create('a'), { kind: 'cancelled', id: 'a' }, { kind: 'removed', id: 'a' }, create('b')]);
    const { records, removed } = await store().read(['a', 'b', 'never']);
    expect([[...records.keys()], [...removed]]).toEqual([['b'], [['a', 3]]]);
  });

  it('[R9] has no history of what is not there', async () => {
    await store().apply([create('a'), { kind: 'cancelled', id: 'a' }, { kind: 'removed', id: 'a' }]);
    expect(await store().history('a')).toEqual([]);
    await store().apply([create('a')]);
    expect((await store().history('a')).map(({ version }) => version)).toEqual([4]);
  });

  it('[R10] finds attempts that were not heard of; a heartbeat changes no version and keeps an attempt from them', async () => {
    await store().apply([create('waiting'), create('silent'), create('alive'), report('silent'), report('alive')]);
    const { heartbeatAt } = await recordOf(store(), 'silent');
    const overdue = async (heartbeatBefore: number) => {
      const { lost } = await store().overdue({ heartbeatBefore, endedBefore: 0 });
      return lost.map(({ job }) => job.id).sort();
    };
    expect(await overdue(heartbeatAt)).toEqual([]);
    expect(await overdue(heartbeatAt + 60_000)).toEqual(['alive', 'silent']);
    const beat = await applyOne(store(), report('alive', { attempt: 1, sequence: 2 }));
    expect(beat).toMatchObject({ result: 'unchanged', record: { sequence: 2, job: { version: 2 } } });
    expect(await recordOf(store(), 'alive')).toEqual('record' in beat ? beat.record : undefined);
  });

  it('[R10] voids a loss when the attempt was heard of in time, and restarts it when not', async () => {
    await store().apply([create('a'), report('a')]);
    const { heartbeatAt } = await recordOf(store(), 'a');
    const lost = { kind: 'lost', id: 'a', attempt: 1, maxAttempts: 2 } as const;
    expect(await applyOne(store(), { ...lost, heartbeatBefore: heartbeatAt })).toMatchObject({ result: 'ignored', reason: 'stale' });
    expect(await applyOne(store(), lost)).toMatchObject({ result: 'accepted', record: { restarts: 1, job: { attempt: 2 } } });
    await store().apply([report('a')]);
    expect(await applyOne(store(), { ...lost, attempt: 2 })).toMatchObject({
      record: { job: { status: 'failed', result: { code: 'worker-lost' } } },
    });
  });

  it('[R9] finds jobs past their retention, and expires them by a removal like any other', async () => {
    await store().apply([create('active'), create('ended'), complete('ended')]);
    const { endedAt } = await recordOf(store(), 'ended');
    const endedBefore = (endedAt ?? NaN) + 1;
    expect(await store().overdue({ heartbeatBefore: 0, endedBefore: endedBefore - 1 })).toEqual({ lost: [], expired: [] });
    const { expired } = await store().overdue({ heartbeatBefore: 0, endedBefore });
    expect(expired).toEqual([await recordOf(store(), 'ended')]);
    const probe = await followProbe(store());
    await store().apply([{ kind: 'removed', id: 'ended', endedBefore }]);
    expect(await probe.settled()).toEqual([{ kind: 'removed', id: 'ended', userId: 'ann', version: 3 }]);
  });

  it('[R13] remembers a removal: its owner begins above it, to anyone else the id is taken', async () => {
    await store().apply([create('a'), { kind: 'cancelled', id: 'a' }, { kind: 'removed', id: 'a' }]);
    expect(await applyOne(store(), report('a'))).toMatchObject({ result: 'refused', code: 'job-unknown' });
    expect(await applyOne(store(), create('a', { userId: 'bob' }))).toMatchObject({ result: 'refused', code: 'job-id-conflict' });
    expect(await applyOne(store(), create('a'))).toMatchObject({ record: { job: { version: 4, status: 'queued' } } });
  });

  it('[R4] edits title, tags and owner of an ended job', async () => {
    await store().apply([create('a', { title: 'Old', tags: ['x'] }), complete('a', 7)]);
    await store().apply([{ kind: 'edited', id: 'a', title: 'New', tags: ['y', 'z'], userId: 'bob' }]);
    const edited = { title: 'New', tags: ['y', 'z'], userId: 'bob', status: 'completed', result: 7, version: 3, bodyVersion: 3 };
    expect((await recordOf(store(), 'a')).job).toMatchObject(edited);
    const tagged = async (tag: string) => (await store().list({ scope: { userId: 'bob' }, tag, limit: 5 })).jobs.length;
    expect([await tagged('x'), await tagged('y'), await tagged('z')]).toEqual([0, 1, 1]);
  });
}
