import { setImmediate as nextTick } from 'node:timers/promises';
import { ONLY_DATE } from '../engine.suite.js';
import type { JobEvent } from '../store/job-event.js';
import { JobPublisher } from './job-publisher.js';
import type { JobReporter } from './job-reporter.js';
import { OutageJobStore } from './outage-job-store.suite.js';

const MINUTE = 60_000;

describe('what a process remembers of its reports [F5]', () => {
  let store: OutageJobStore;
  let publisher: JobPublisher;

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: [...ONLY_DATE], now: 1_000_000 });
    store = new OutageJobStore();
    publisher = new JobPublisher(store, { progressIntervalMs: 1 });
  });
  afterEach(async () => {
    store.recover();
    await publisher.close();
    await store.close();
    jest.useRealTimers();
  });

  const begun = async (id: string): Promise<JobReporter> => {
    const reporter = publisher.reporter(await publisher.created({ id, userId: 'ann', jobType: 'external', title: `Job ${id}` }));
    await reporter.started();
    return reporter;
  };
  const job = async (id: string) => (await store.inner.read([id])).records.get(id)?.job;
  /** The store has lost everything, and somebody notices. */
  const forget = async () => {
    await store.forget();
    await publisher.created({ id: 'news', userId: 'bob', jobType: 'external' });
  };

  it('is told again to a store that has lost it', async () => {
    const [running, done, failed] = [await begun('running'), await begun('done'), await begun('failed')];
    await running.progress(30, 'On the way');
    await done.completed({ pages: 7 });
    await failed.failed({ code: 'no', message: 'No.' });
    await forget();
    while (!(await job('failed'))?.result || !(await job('done'))?.result || !(await job('running'))?.progress) await nextTick();
    const progress = { percentage: 30, message: 'On the way' };
    expect(await job('running')).toMatchObject({ status: 'processing', title: 'Job running', progress });
    expect(await job('done')).toMatchObject({ status: 'completed', result: { pages: 7 } });
    expect(await job('failed')).toMatchObject({ status: 'failed', result: { code: 'no' } });
    expect(await running.progress(60)).toMatchObject({ accepted: true, attempt: 1 });
  });

  it('is told until the store takes it', async () => {
    const reporter = await begun('a');
    await reporter.progress(30);
    await store.forget();
    const handed = store.handed();
    publisher.hear({ epoch: 'another', events: [] });
    store.fail();
    await handed;
    store.recover();
    while (!(await job('a'))?.progress) await nextTick();
    expect(await job('a')).toMatchObject({ status: 'processing', progress: { percentage: 30 } });
  });

  it('is kept for a store that still knew it, and loses it the next time', async () => {
    await (await begun('a')).completed();
    for (const times of [1, 2]) {
      publisher.hear({ epoch: `another ${times}`, events: [] });
      await publisher.flush();
    }
    await forget();
    while ((await job('a'))?.status !== 'completed') await nextTick();
    expect(await job('a')).toMatchObject({ status: 'completed', attempt: 1 });
  });

  it('is not told where the attempt is over: cancelled, followed by another, or removed', async () => {
    const [cancelled, retried, removed] = [await begun('cancelled'), await begun('retried'), await begun('removed')];
    await retried.failed({ code: 'no', message: 'No.' });
    await removed.completed();
    expect(cancelled.hasEnded).toBe(false);
    const events: JobEvent[] = [];
    const unfollow = await store.follow(null, (batch) => void (publisher.hear(batch), events.push(...batch.events)));
    await publisher.cancelled('cancelled');
    await publisher.retried('retried');
    await publisher.removed('removed');
    expect(events).toHaveLength(3);
    await unfollow();
    const last = await begun('last');
    await last.completed();
    await forget();
    while ((await job('last'))?.status !== 'completed') await nextTick();
    await publisher.flush();
    expect((await store.inner.list({ scope: 'all', limit: 9 })).jobs.map(({ id }) => id).sort()).toEqual(['last', 'news']);
  });

  it('goes ten minutes after the last word, and holds no more than 1,000 ends', async () => {
    await (await begun('silent')).progress(10);
    await (await begun('old')).completed();
    jest.setSystemTime(Date.now() + 11 * MINUTE);
    const reporters = await Promise.all(Array.from({ length: 1001 }, (_, index) => begun(`e${index}`)));
    for (const reporter of reporters) await reporter.completed();
    await forget();
    while ((await job('e1000'))?.status !== 'completed') await nextTick();
    await publisher.flush();
    expect(await Promise.all(['silent', 'old', 'e0'].map(job))).toEqual([undefined, undefined, undefined]);
    expect(await job('e1')).toMatchObject({ status: 'completed' });
  });
});
