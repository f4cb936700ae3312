import { Logger } from '@nestjs/common';
import * as fc from 'fast-check';
import { setImmediate as nextTick } from 'node:timers/promises';
import type { JobDraft } from './host-input.js';
import { JobPublisher } from './job-publisher.js';
import { OutageJobStore } from './outage-job-store.suite.js';

const draft = { id: 'a', userId: 'ann', jobType: 'external' };
const reported = (sequence: number, current: number, attempt = 1) =>
  ({ kind: 'reported', id: 'a', attempt, sequence, progress: { current, total: 1000, message: '' } }) as const;

let store: OutageJobStore;
let publisher: JobPublisher;

function open(): void {
  store = new OutageJobStore();
  publisher = new JobPublisher(store, { progressIntervalMs: 50 });
}

async function close(): Promise<void> {
  store.recover();
  store.release();
  await publisher.close();
  await store.close();
}

beforeEach(() => {
  Logger.overrideLogger(false);
  jest.useFakeTimers();
  open();
});

afterEach(async () => {
  await close();
  jest.useRealTimers();
});

/** Lets time pass, and commits that it sets off come to their end. */
async function pass(ms: number): Promise<void> {
  await jest.advanceTimersByTimeAsync(ms);
  for (let turn = 0; turn < 3; turn++) await nextTick();
}

async function job(id = 'a') {
  const found = (await store.read([id])).records.get(id)?.job;
  if (!found) throw new Error(`There is no job ${id}.`);
  return found;
}

/** What was committed, each with `current` and the message, oldest first. */
const committed = async () => (await store.history('a')).map(({ status, progress }) => `${status} ${progress?.current ?? '-'}`);

describe('the verbs of JobPublisher', () => {
  it('[R12] creates a job with an id of its own, and the same job for the same owner and id', async () => {
    const own = await publisher.created({ userId: 'ann', jobType: 'external', title: ' Invoices ', tags: ['x', 'x'], input: { n: 1 } });
    expect(own).toMatchObject({ title: 'Invoices', tags: ['x'], input: { n: 1 }, status: 'queued', version: 1 });
    expect(own.id).toMatch(/^[0-9a-f-]{36}$/);
    const first = await publisher.created(draft);
    expect(await publisher.created(draft)).toEqual(first);
  });

  it('[R12] refuses an id that somebody else has', async () => {
    await publisher.created(draft);
    await expect(publisher.created({ ...draft, userId: 'bob' })).rejects.toMatchObject({ code: 'job-id-conflict' });
  });

  it('[R3, R5, R11] tells a life from start to result', async () => {
    await publisher.created(draft);
    expect(await publisher.started('a')).toMatchObject({ accepted: true, attempt: 1, version: 2 });
    expect(await publisher.progress('a', 25, 'a quarter')).toMatchObject({ accepted: true, version: 3 });
    expect((await job()).progress).toEqual({ current: 25, total: 100, percentage: 25, message: 'a quarter' });
    expect(await publisher.completed('a', { words: 7 })).toMatchObject({ accepted: true });
    expect(await job()).toMatchObject({ status: 'completed', result: { words: 7 }, progress: { percentage: 100 } });
  });

  it('[R11] keeps a sentence alone as failure, or a code with it', async () => {
    await publisher.created(draft);
    await publisher.failed('a', 'The disk is full.');
    expect((await job()).result).toEqual({ error: 'The disk is full.', code: 'failed' });
    await publisher.retried('a');
    await publisher.failed('a', { code: 'disk-full', message: 'The disk is full.' });
    expect((await job()).result).toEqual({ error: 'The disk is full.', code: 'disk-full' });
  });

  it('[R3] cancels, retries, requeues, edits and removes', async () => {
    await publisher.created(draft);
    expect(await publisher.cancelled('a')).toMatchObject({ status: 'cancelled' });
    expect(await publisher.cancelled('a')).toMatchObject({ status: 'cancelled', version: 2 });
    expect(await publisher.retried('a')).toMatchObject({ status: 'queued', attempt: 2 });
    await publisher.started('a');
    expect(await publisher.requeued('a', 'retrying')).toMatchObject({ status: 'queued', attempt: 3 });
    expect(await publisher.edited('a', { title: 'New', tags: ['y'], userId: 'bob' })).toMatchObject({ title: 'New', userId: 'bob' });
    await publisher.failed('a', 'No.');
    await publisher.removed('a');
    expect((await store.read(['a'])).records.size).toBe(0);
  });

  it('[R3] refuses what the status does not allow, and a job that is not there', async () => {
    await publisher.created(draft);
    await expect(publisher.retried('a')).rejects.toMatchObject({ code: 'status-conflict' });
    await expect(publisher.removed('a')).rejects.toMatchObject({ code: 'status-conflict' });
    await publisher.completed('a');
    await expect(publisher.cancelled('a')).rejects.toMatchObject({ code: 'status-conflict' });
    await expect(publisher.requeued('a', 'interrupted')).rejects.toMatchObject({ code: 'status-conflict' });
    await expect(publisher.cancelled('b')).rejects.toMatchObject({ code: 'job-unknown' });
    await expect(publisher.progress('b', 1)).rejects.toMatchObject({ code: 'job-unknown' });
  });

  it('[R8] refuses what is no input, and commits nothing of it', async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    const attempts = [
      () => publisher.created({ ...draft, id: 'constructor' }),
      () => publisher.created({ ...draft, input: circular }),
      () => publisher.created({ ...draft, input: { text: 'x'.repeat(70_000) } }),
      () => publisher.created({ jobType: 'external' } as unknown as JobDraft),
      () => publisher.progress('a', Number.NaN),
      () => publisher.progress('a', 101),
      () => publisher.progress('../a', 1),
      () => publisher.cancelled(7 as unknown as string),
      () => publisher.failed('a', { code: 'Not A Code', message: 'x' }),
      () => publisher.report({ kind: 'reported', id: 'a', status: 'processing', result: 1 }),
      () => publisher.report({ kind: 'reported', id: 'a', status: 'failed' }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'payload-invalid' });
    expect(store.batches).toEqual([]);
  });

  it('keeps of input and result what JSON makes of it, as a later read would show it', async () => {
    const at = new Date(0);
    expect((await publisher.created({ ...draft, input: { at, nothing: undefined } })).input).toEqual({ at: at.toISOString() });
    await publisher.completed('a', undefined);
    expect((await job()).result).toBeNull();
  });

  it('[R4] answers reports that come too late with where the job stands', async () => {
    await publisher.created(draft);
    await publisher.report(reported(3, 30));
    expect(await publisher.report(reported(3, 40))).toMatchObject({ accepted: false, reason: 'stale', sequence: 3, version: 2 });
    await publisher.completed('a');
    expect(await publisher.progress('a', 50)).toMatchObject({ accepted: false, reason: 'latched', attempt: 1, version: 3 });
    expect(await publisher.completed('a', 'again')).toMatchObject({ accepted: false, reason: 'latched' });
    expect((await job()).result).toBeNull();
  });
});

describe('reports of jobs that are not there', () => {
  const details = { userId: 'ann', jobType: 'external', title: 'Elsewhere' };

  it('[R12] create the job when its owner is given', async () => {
    expect(await publisher.report(reported(1, 10), details)).toMatchObject({ accepted: true, version: 2 });
    expect(await job()).toMatchObject({ userId: 'ann', title: 'Elsewhere', status: 'processing', progress: { current: 10 } });
  });

  it('[R12] create it once when two reports come at once', async () => {
    const answers = Promise.all([publisher.report(reported(1, 10), details), publisher.report(reported(2, 20), details)]);
    await pass(0);
    await pass(60);
    expect(await answers).toMatchObject([{ sequence: 2 }, { accepted: true, sequence: 2 }]);
    expect((await job()).progress).toMatchObject({ current: 20 });
  });

  it('[R12] are refused when the job was created meanwhile as one of another type', async () => {
    store.hold();
    const report = publisher.report(reported(1, 10), details).catch((error: unknown) => error);
    await pass(0);
    store.release();
    store.hold();
    await pass(0);
    expect(store.batches.map(([change]) => change?.kind)).toEqual(['reported', 'created']);
    await store.inner.apply([{ kind: 'created', job: { ...draft, jobType: 'simulate', title: null, tags: [], input: null } }]);
    store.release();
    expect(await report).toMatchObject({ code: 'job-id-conflict' });
    expect(await job()).toMatchObject({ jobType: 'simulate', status: 'queued' });
  });

  it('[R12] are refused when the owner is not given, or others fail', async () => {
    await expect(publisher.report(reported(1, 10))).rejects.toMatchObject({ code: 'job-unknown' });
    store.fail();
    await expect(publisher.report(reported(1, 10), details)).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('the conflation of progress', () => {
  beforeEach(async () => {
    await publisher.created(draft);
    store.batches.length = 0;
  });

  it('[L3] commits the first report at once and the last one always', async () => {
    const answers = Promise.all(Array.from({ length: 100 }, (_, index) => publisher.report(reported(index + 1, index + 1))));
    await pass(0);
    expect(await committed()).toEqual(['queued -', 'processing 1']);
    await pass(60);
    expect(await committed()).toEqual(['queued -', 'processing 1', 'processing 100']);
    for (const answer of await answers) expect(answer).toMatchObject({ accepted: true, attempt: 1 });
    await pass(60_000);
    expect(store.batches).toHaveLength(2);
  });

  it('[L3] commits at most 20 times a second, and the newest each time', async () => {
    for (let at = 0; at < 2000; at += 5) {
      void publisher.progress('a', { current: at, total: 2000 });
      await pass(5);
    }
    await pass(60);
    const history = await store.history('a');
    const times = history.slice(1).map((entry) => Date.parse(entry.at));
    expect(history.at(-1)?.progress?.current).toBe(1995);
    expect(times.length).toBeGreaterThan(30);
    for (const start of times) expect(times.filter((time) => time >= start && time < start + 1000).length).toBeLessThanOrEqual(20);
  });

  it('[L3] commits a lone report after a silence at once', async () => {
    await publisher.progress('a', 1);
    await pass(1000);
    const lone = publisher.progress('a', 2);
    await pass(0);
    expect((await job()).progress?.current).toBe(2);
    expect(await lone).toMatchObject({ accepted: true, version: 3 });
  });

  it('[L3] keeps the reports of different jobs apart', async () => {
    await publisher.created({ ...draft, id: 'b' });
    await Promise.all([publisher.progress('a', 10), publisher.progress('b', 20)]);
    void publisher.progress('a', 11);
    await publisher.completed('b');
    expect([(await job('a')).progress?.current, (await job('b')).progress?.current]).toEqual([10, 100]);
  });

  it('[R10] accepts what waits before it is durable, from the last known outcome', async () => {
    await publisher.report(reported(1, 10));
    expect(await publisher.report(reported(2, 20))).toMatchObject({ accepted: true, attempt: 1, sequence: 2, version: 2 });
    expect(await publisher.report(reported(2, 25))).toMatchObject({ accepted: false, reason: 'stale', sequence: 2, version: 2 });
    expect(await publisher.report({ ...reported(3, 30), attempt: 1 })).toMatchObject({ accepted: true, sequence: 3 });
    expect((await job()).progress?.current).toBe(10);
    await pass(60);
    expect((await job()).progress?.current).toBe(30);
  });

  it('[R10] commits waiting progress before a status change, in one batch and in order', async () => {
    await publisher.progress('a', 10);
    void publisher.progress('a', 20);
    store.batches.length = 0;
    await publisher.failed('a', 'No.');
    expect(store.batches.map((batch) => batch.map((change) => change.kind))).toEqual([['reported', 'reported']]);
    expect(await committed()).toEqual(['queued -', 'processing 10', 'processing 20', 'failed 20']);
    await pass(1000);
    expect(store.batches).toHaveLength(1);
  });

  it.each(['cancelled', 'requeued', 'edited'] as const)('[R10] commits waiting progress before the job is %s', async (verb) => {
    await publisher.progress('a', 10);
    void publisher.progress('a', 20);
    const said = {
      cancelled: () => publisher.cancelled('a'),
      requeued: () => publisher.requeued('a', 'retrying'),
      edited: () => publisher.edited('a', { title: 'T' }),
    };
    await said[verb]();
    expect(await committed()).toContain('processing 20');
  });

  it('[R2, R3] lets the first report of a new attempt through at once, and none of the old one', async () => {
    await publisher.report(reported(1, 10));
    await publisher.requeued('a', 'retrying');
    expect(await publisher.report(reported(2, 20))).toMatchObject({ accepted: false, reason: 'stale', attempt: 2 });
    expect(await publisher.report(reported(1, 5, 2))).toMatchObject({ accepted: true, attempt: 2, sequence: 1 });
    expect(await job()).toMatchObject({ attempt: 2, progress: { current: 5 } });
  });

  it('[R4] starts the attempt that a report is ahead with, after what waits for the one before', async () => {
    await publisher.report(reported(1, 10));
    void publisher.report(reported(2, 20));
    expect(await publisher.report(reported(1, 1, 2))).toMatchObject({ accepted: true, attempt: 2 });
    expect(await committed()).toEqual(['queued -', 'processing 10', 'processing 20', 'processing 1']);
  });

  it('[R2] carries nothing from one attempt into the next that another node has begun', async () => {
    await publisher.report(reported(1, 10));
    await pass(100);
    store.hold();
    const overtaken = publisher.report(reported(2, 20));
    const waiting = publisher.report(reported(3, 30));
    await pass(0);
    await store.inner.apply([
      { kind: 'requeued', id: 'a', reason: 'retrying' },
      { kind: 'reported', id: 'a', attempt: 2, status: 'processing' },
    ]);
    store.release();
    expect(await Promise.all([overtaken, waiting])).toMatchObject([{ accepted: false, reason: 'stale', attempt: 2 }, { accepted: true }]);
    void publisher.report({ kind: 'reported', id: 'a', attempt: 2, sequence: 5 });
    await pass(60);
    expect((await store.read(['a'])).records.get('a')).toMatchObject({ sequence: 5, job: { attempt: 2, progress: null } });
  });

  it('[R10] takes a heartbeat for a report that keeps the progress which waits', async () => {
    await publisher.report(reported(1, 10));
    void publisher.report(reported(2, 20));
    expect(await publisher.report({ kind: 'reported', id: 'a', attempt: 1, sequence: 3 })).toMatchObject({ accepted: true, sequence: 3 });
    await pass(60);
    const record = (await store.read(['a'])).records.get('a');
    expect(record).toMatchObject({ sequence: 3, job: { progress: { current: 20 } } });
  });

  it('[R3] takes "processing" with progress for progress once the job is at work', async () => {
    await publisher.started('a');
    await publisher.progress('a', 1);
    void publisher.report({ ...reported(9, 20), status: 'processing' });
    await pass(0);
    expect((await job()).progress?.current).toBe(1);
    await pass(60);
    expect((await job()).progress?.current).toBe(20);
  });

  it('[R4] answers a repeated report as stale also while the first is on its way', async () => {
    store.hold();
    const answers = Promise.all([publisher.report(reported(2, 20)), publisher.report(reported(2, 20)), publisher.report(reported(1, 10))]);
    await pass(0);
    store.release();
    expect(await answers).toMatchObject([{ accepted: true }, { accepted: false, reason: 'stale' }, { accepted: false, reason: 'stale' }]);
    await pass(100);
    expect(store.batches).toHaveLength(1);
  });

  it('holds little for a job while the store is slow, whatever is reported', async () => {
    await publisher.report(reported(1, 1));
    await pass(100);
    store.batches.length = 0;
    store.hold();
    for (let sequence = 2; sequence < 200; sequence++) {
      void publisher.report(reported(sequence, sequence));
      await pass(20);
    }
    expect(store.batches).toHaveLength(1);
    store.release();
    await pass(0);
    expect(store.batches.map((batch) => batch.length)).toEqual([1, 1]);
    expect((await job()).progress?.current).toBe(199);
  });

  it('forgets a job that was silent, which the store remembers', async () => {
    await publisher.report(reported(7, 10));
    await pass(120_000);
    await publisher.progress('b', 1).catch(() => undefined);
    store.batches.length = 0;
    expect(await publisher.report(reported(6, 20))).toMatchObject({ accepted: false, reason: 'stale', sequence: 7 });
    expect(store.batches).toHaveLength(1);
  });

  it('[L3, R10] keeps first and last in order, whatever the times', async () => {
    const steps = fc.array(fc.record({ wait: fc.integer({ min: 0, max: 80 }), burst: fc.integer({ min: 1, max: 4 }) }), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc
        .asyncProperty(steps, async (rounds) => {
          await publisher.created(draft);
          let current = 0;
          for (const { wait, burst } of rounds) {
            for (let report = 0; report < burst; report++) void publisher.progress('a', { current: ++current, total: 1000 });
            await pass(wait);
          }
          await publisher.completed('a');
          const seen = (await store.history('a')).flatMap(({ progress, status }) =>
            status === 'processing' ? [progress?.current ?? 0] : [],
          );
          expect(seen[0]).toBe(1);
          expect(seen.at(-1)).toBe(current);
          expect(seen).toEqual([...seen].sort((a, b) => a - b));
        })
        .beforeEach(async () => {
          await close();
          open();
        }),
      { numRuns: 40 },
    );
  });
});

describe('when the store cannot be reached', () => {
  beforeEach(async () => {
    await publisher.created(draft);
  });

  it('refuses status changes as unavailable and changes nothing', async () => {
    store.fail();
    await expect(publisher.completed('a')).rejects.toMatchObject({ code: 'unavailable' });
    await expect(publisher.cancelled('a')).rejects.toMatchObject({ code: 'unavailable' });
    store.recover();
    expect(await job()).toMatchObject({ status: 'queued', version: 1 });
    expect(await publisher.completed('a')).toMatchObject({ accepted: true });
  });

  it('says the same of a store that throws anything, and logs it once an outage', async () => {
    const errors = jest.spyOn(Logger.prototype, 'error');
    for (const failure of [new TypeError('boom'), Object.assign(new Error('busy'), { cause: new Error('locked') })]) {
      store.fail(failure);
      await expect(publisher.cancelled('a')).rejects.toMatchObject({ code: 'unavailable' });
      await expect(publisher.cancelled('a')).rejects.toMatchObject({ code: 'unavailable' });
      store.recover();
      await publisher.edited('a', { title: `after ${failure.message}` });
    }
    expect(errors.mock.calls.map(([, detail]) => /boom|locked/.exec(String(detail))?.[0])).toEqual(['boom', 'locked']);
    errors.mockRestore();
  });

  it('says the same of a store that answers too little, so that every promise settles', async () => {
    const apply = jest.spyOn(store, 'apply').mockResolvedValueOnce([]);
    await expect(Promise.all([publisher.cancelled('a')])).rejects.toMatchObject({ code: 'unavailable' });
    apply.mockRestore();
  });

  it('[R10] keeps progress of a running attempt, and commits the newest later', async () => {
    await publisher.report(reported(1, 10));
    await pass(100);
    store.fail();
    expect(await publisher.report(reported(2, 20))).toMatchObject({ accepted: true, sequence: 2 });
    expect(await publisher.report(reported(3, 30))).toMatchObject({ accepted: true, sequence: 3 });
    await pass(1000);
    expect(await publisher.report(reported(4, 40))).toMatchObject({ accepted: true, sequence: 4 });
    store.recover();
    await pass(1000);
    expect(await committed()).toEqual(['queued -', 'processing 10', 'processing 40']);
  });

  it('[R10] commits kept progress before the status change that is said again', async () => {
    await publisher.report(reported(1, 10));
    void publisher.report(reported(2, 20));
    store.fail();
    await expect(publisher.failed('a', 'No.')).rejects.toMatchObject({ code: 'unavailable' });
    store.recover();
    await publisher.failed('a', 'No.');
    expect(await committed()).toEqual(['queued -', 'processing 10', 'processing 20', 'failed 20']);
  });

  it('[R10] keeps the order of what failed in one batch and what came after', async () => {
    await publisher.report(reported(1, 10));
    await pass(100);
    store.hold();
    const first = publisher.report(reported(2, 20));
    await pass(60);
    const heartbeat = publisher.report({ kind: 'reported', id: 'a', attempt: 1, sequence: 3 });
    const status = publisher.cancelled('a').catch((error: unknown) => error);
    void store.refusal().then(() => store.recover());
    store.fail();
    store.release();
    expect(await Promise.all([first, heartbeat])).toMatchObject([{ accepted: true }, { accepted: true }]);
    expect(await status).toMatchObject({ code: 'unavailable' });
    expect(await job()).toMatchObject({ status: 'processing', progress: { current: 10 } });
    store.batches.length = 0;
    await pass(1000);
    expect((await store.read(['a'])).records.get('a')).toMatchObject({ sequence: 3, job: { progress: { current: 20 } } });
    expect(store.batches.map((batch) => batch.length)).toEqual([1]);
  });

  it('[R10] keeps nothing of a job that it knows nothing of, so that the report may be repeated', async () => {
    store.fail();
    const answers = [publisher.report(reported(1, 10)), publisher.report(reported(2, 20))];
    const settled = Promise.allSettled(answers);
    await pass(0);
    await pass(1000);
    expect(await settled).toMatchObject([
      { status: 'rejected', reason: { code: 'unavailable' } },
      { status: 'rejected', reason: { code: 'unavailable' } },
    ]);
    store.recover();
    expect(await publisher.report(reported(1, 10))).toMatchObject({ accepted: true, sequence: 1 });
  });
});

describe('at the end', () => {
  it('commits what waits, and refuses what comes after', async () => {
    await publisher.created(draft);
    await publisher.progress('a', 10);
    void publisher.progress('a', 20);
    await publisher.flush();
    expect((await job()).progress?.current).toBe(20);
    void publisher.progress('a', 30);
    await publisher.close();
    expect((await job()).progress?.current).toBe(30);
    await expect(publisher.progress('a', 40)).rejects.toMatchObject({ code: 'server-stopping' });
    await expect(publisher.cancelled('a')).rejects.toMatchObject({ code: 'server-stopping' });
  });

  it('lets go of what the store does not take, and tells who waits', async () => {
    await publisher.created(draft);
    await publisher.created({ ...draft, id: 'b' });
    await publisher.progress('b', 1);
    void publisher.progress('b', 2);
    store.hold();
    const first = publisher.report(reported(1, 10)).catch((error: unknown) => error);
    const waiting = publisher.report(reported(2, 20)).catch((error: unknown) => error);
    store.fail();
    const closed = publisher.close();
    await pass(0);
    store.release();
    await closed;
    expect(await Promise.all([first, waiting])).toMatchObject([{ code: 'unavailable' }, { code: 'unavailable' }]);
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('JobReporter', () => {
  it('[R4] counts its reports and hears when its attempt is over', async () => {
    const reporter = publisher.reporter(await publisher.created(draft));
    expect(await reporter.started()).toMatchObject({ accepted: true, sequence: 1 });
    expect(await reporter.progress(10, 'begun')).toMatchObject({ accepted: true, sequence: 2 });
    await pass(60);
    expect(await reporter.heartbeat()).toMatchObject({ accepted: true, sequence: 3 });
    await publisher.requeued('a', 'retrying');
    expect(await reporter.completed()).toMatchObject({ accepted: false, reason: 'stale', attempt: 2 });
    const second = publisher.reporter(await job());
    expect(await second.failed({ code: 'no', message: 'No.' })).toMatchObject({ accepted: true });
    expect(await second.completed('late')).toMatchObject({ accepted: false, reason: 'latched' });
  });

  it('[R4] lets one alone of several reporters begin an attempt', async () => {
    const created = await publisher.created(draft);
    const answers = await Promise.all([1, 2, 3].map(() => publisher.reporter(created).started()));
    expect(answers.map(({ accepted }) => accepted)).toEqual([true, false, false]);
  });

  it('[R4] resumes above what somebody has reported of its attempt before', async () => {
    const created = await publisher.created(draft);
    await publisher.report(reported(5, 50));
    const reporter = publisher.reporter(created);
    expect(await reporter.completed('done')).toMatchObject({ accepted: true, sequence: 6 });
  });
});
