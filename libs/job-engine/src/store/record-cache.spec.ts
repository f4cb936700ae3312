import type { JobRecord } from './job-change.js';
import { RecordCache } from './record-cache.js';
import { SqliteJobStore } from './sqlite-job-store.js';

const newJob = (id: string, input: unknown = { pages: [3, 1, 2] }) => ({
  kind: 'created' as const,
  job: { id, userId: 'ann', jobType: 'simulate', title: null, tags: ['x'], input },
});
const progress = (id: string, current: number) => ({ kind: 'reported' as const, id, progress: { current, total: 100, message: '' } });

describe('a store that remembers records', () => {
  let store: SqliteJobStore;
  beforeEach(() => {
    store = SqliteJobStore.open({ directory: ':memory:' });
  });
  afterEach(() => store.close());

  const read = async (id: string): Promise<JobRecord> => {
    const record = (await store.read([id])).records.get(id);
    if (!record) throw new Error(`There is no job ${id}.`);
    return record;
  };

  it('hands everyone an input of their own', async () => {
    await store.apply([newJob('a')]);
    const { job } = await read('a');
    (job.input as { pages: number[] }).pages.sort();
    (job.tags as string[]).push('y');
    await store.apply([progress('a', 1)]);
    expect((await read('a')).job).toMatchObject({ input: { pages: [3, 1, 2] }, tags: ['x'] });
  });

  it('[R6] forgets what was rolled back', async () => {
    await store.apply([newJob('a'), progress('a', 10)]);
    const before = await read('a');
    const broken = { kind: 'reported' as const, id: 'a', status: 'completed' as const, result: 1n };
    await expect(store.apply([progress('a', 20), broken])).rejects.toThrow();
    expect(await read('a')).toEqual(before);
    const [outcome] = await store.apply([progress('a', 30)]);
    expect(outcome).toMatchObject({ result: 'accepted', record: { job: { version: before.job.version + 1 } } });
  });

  it.each([
    ['short', { text: 'x' }],
    ['long', { text: 'x'.repeat(10_000) }],
  ])('[R1] shows the body as it was last changed, when it is %s', async (_, input) => {
    await store.apply([newJob('a', input), progress('a', 1)]);
    await store.apply([{ kind: 'reported', id: 'a', status: 'completed', result: input }]);
    await store.apply([{ kind: 'edited', id: 'a', title: 'New', tags: ['y'] }]);
    expect((await read('a')).job).toMatchObject({ input, result: input, title: 'New', tags: ['y'], version: 4, bodyVersion: 4 });
    const { jobs } = await store.list({ scope: 'all', limit: 1 });
    expect(jobs).toEqual([(await read('a')).job]);
  });

  it('[R13] shows no job that was removed', async () => {
    await store.apply([newJob('a'), { kind: 'cancelled', id: 'a' }, { kind: 'removed', id: 'a' }]);
    expect((await store.read(['a'])).records.size).toBe(0);
    await store.apply([newJob('a', 'again')]);
    expect((await read('a')).job).toMatchObject({ input: 'again', version: 4 });
  });
});

describe('remembered records', () => {
  it('are bounded, and those that were not kept again for longest go first', async () => {
    const store = SqliteJobStore.open({ directory: ':memory:' });
    await store.apply([newJob('a')]);
    const record = (await store.read(['a'])).records.get('a');
    await store.close();
    const cache = new RecordCache();
    for (let index = 0; record && index <= 10_000; index++) cache.keep({ ...record, job: { ...record.job, id: `job-${index}` } });
    expect([cache.get('job-0'), cache.get('job-1001')?.job.id, cache.get('job-10000')?.job.id]).toEqual([
      undefined,
      'job-1001',
      'job-10000',
    ]);
  });
});
