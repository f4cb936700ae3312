import { SqliteJobStore } from './sqlite-job-store.js';
import type { JobEvent } from './job-event.js';

describe('SqliteJobStore', () => {
  it('[R1, R6, F1] keeps a job, answers and tells its followers in order', async () => {
    const store = SqliteJobStore.open({ directory: ':memory:' });
    const heard: JobEvent[] = [];
    await store.follow(null, ({ events }) => heard.push(...events));
    const outcomes = await store.apply([
      { kind: 'created', job: { id: 'a', userId: 'ann', jobType: 'simulate', title: 'A', tags: ['x'], input: { steps: 3 } } },
      { kind: 'reported', id: 'a', progress: { current: 1, total: 3, message: '' } },
      { kind: 'reported', id: 'a', progress: { current: 2, total: 3, message: '' } },
      { kind: 'reported', id: 'a', status: 'completed', result: { ok: true } },
    ]);
    expect(outcomes.map(({ result }) => result)).toEqual(['accepted', 'accepted', 'accepted', 'accepted']);
    expect(heard.map(({ kind }) => kind)).toEqual(['created', 'started', 'progress', 'completed']);
    const { records } = await store.read(['a', 'b']);
    expect([...records.values()].map(({ job }) => job)).toMatchObject([
      { id: 'a', status: 'completed', version: 4, bodyVersion: 4, result: { ok: true }, tags: ['x'], input: { steps: 3 } },
    ]);
    expect((await store.history('a')).map(({ version }) => version)).toEqual([1, 2, 3, 4]);
    await store.close();
  });
});
