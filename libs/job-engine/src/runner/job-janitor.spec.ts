import { Logger } from '@nestjs/common';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { ONLY_DATE, temporaryDirectory, TestEngine } from '../engine.suite.js';
import type { HarmoniaJobsOptions } from '../job-engine.options.js';
import { OutageJobStore } from '../publishing/outage-job-store.suite.js';
import { create, report } from '../store/store-probe.suite.js';
import { JobHandler, type JobRunner, type RunningJob, type RunReport } from './job-handler.js';
import { JobJanitor } from './job-janitor.js';

const SECOND = 1000;
const DAY = 24 * 60 * 60 * SECOND;

@JobHandler('patient')
class Patient implements JobRunner {
  async run(_job: RunningJob, _report: RunReport, signal: AbortSignal): Promise<void> {
    if (!signal.aborted) await once(signal, 'abort');
  }
}

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let engine: TestEngine;
let janitor: JobJanitor;

async function start(options: Partial<HarmoniaJobsOptions> = {}): Promise<void> {
  // its own timer is out of the way: the tests go round themselves
  engine = await TestEngine.start(directory.path, { janitorIntervalMs: 2 ** 31 - 1, runner: { handlers: [Patient] }, ...options });
  janitor = engine.app.get(JobJanitor);
}

/** Rounds every 20 s for so long. */
async function live(ms: number): Promise<void> {
  const end = Date.now() + ms;
  while (Date.now() < end) {
    await janitor.lookAfter();
    jest.setSystemTime(Math.min(end, Date.now() + 20 * SECOND));
  }
  await janitor.lookAfter();
}

beforeEach(async () => {
  jest.useFakeTimers({ doNotFake: [...ONLY_DATE], now: 1_000_000 });
  directory = await temporaryDirectory();
});

afterEach(async () => {
  await engine.app.close();
  await directory.remove();
  jest.useRealTimers();
});

describe('attempts that fall silent', () => {
  it('[R10] ends an external job after 60 s without report or heartbeat', async () => {
    await start();
    await engine.store.apply([create('a', { jobType: 'external' }), report('a', { attempt: 1, sequence: 1, status: 'processing' })]);
    await live(50 * SECOND);
    await engine.publisher.report({ kind: 'reported', id: 'a', attempt: 1, sequence: 2 });
    await live(60 * SECOND);
    expect(await engine.job('a')).toMatchObject({ status: 'processing', version: 2 });
    await live(1 * SECOND);
    expect(await engine.job('a')).toMatchObject({ status: 'failed', result: { code: 'worker-lost' } });
    const late = await engine.publisher.report({
      kind: 'reported',
      id: 'a',
      attempt: 1,
      sequence: 3,
      progress: { current: 1, total: null, message: '' },
    });
    expect(late).toMatchObject({ accepted: false, reason: 'latched' });
  });

  it('[R10] starts a job of a type that runs elsewhere anew, and ends it after three losses', async () => {
    await start({ jobTypes: ['elsewhere'] });
    await engine.store.apply([create('a', { jobType: 'elsewhere' })]);
    for (const attempt of [1, 2, 3]) {
      await engine.store.apply([report('a', { attempt, status: 'processing' })]);
      await live(61 * SECOND);
      expect(await engine.job('a')).toMatchObject(
        attempt < 3 ? { status: 'queued', attempt: attempt + 1 } : { status: 'failed', attempt: 3 },
      );
    }
  });

  it('[R10] speaks for the jobs that run here', async () => {
    await start();
    await engine.publisher.created({ id: 'a', userId: 'ann', jobType: 'patient' });
    await engine.until('a', ({ status }) => status === 'processing');
    await live(200 * SECOND);
    expect(await engine.job('a')).toMatchObject({ status: 'processing', attempt: 1, version: 2 });
  });

  it('[R10] blames no worker for silence while nobody could hear it: after a start, a sleep or an outage', async () => {
    await start();
    await engine.store.apply([create('a', { jobType: 'external' }), report('a', { status: 'processing' })]);
    jest.setSystemTime(Date.now() + 120 * SECOND);
    await live(50 * SECOND);
    expect(await engine.job('a')).toMatchObject({ status: 'processing' });
    jest.setSystemTime(Date.now() + 120 * SECOND);
    await live(50 * SECOND);
    expect(await engine.job('a')).toMatchObject({ status: 'processing' });
    await live(10 * SECOND);
    expect(await engine.job('a')).toMatchObject({ status: 'failed' });
  });
});

describe('jobs past their retention', () => {
  it('[R9] are removed with their files seven days after the end', async () => {
    await start();
    const { store, publisher, files, app } = engine;
    await store.apply([create('a', { jobType: 'external' }), create('b', { jobType: 'external' })]);
    for (const key of ['uploads/a', 'results/a/1/x.md', 'uploads/b']) await (await files.stage(Readable.from(['x']))).keep(key);
    await publisher.completed('a');
    jest.setSystemTime(Date.now() + 7 * DAY);
    await janitor.lookAfter();
    expect(await engine.job('a')).toBeDefined();
    jest.setSystemTime(Date.now() + 1);
    await janitor.lookAfter();
    expect(await engine.job('a')).toBeUndefined();
    expect(await engine.job('b')).toBeDefined();
    await app.close();
    const keys = [];
    for await (const key of files.keys()) keys.push(key);
    expect(keys).toEqual(['uploads/b']);
  });
});

describe('the rounds', () => {
  it('never overlap, and go on after one that failed', async () => {
    const store = new OutageJobStore();
    await start({ store });
    const errors = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const [first, second] = [janitor.lookAfter(), janitor.lookAfter()];
    expect(first).toBe(second);
    await first;
    store.fail();
    await janitor.lookAfter();
    expect(errors).toHaveBeenCalledTimes(1);
    store.recover();
    await janitor.lookAfter();
    expect(errors).toHaveBeenCalledTimes(1);
    errors.mockRestore();
  });

  it('[R10] come by themselves', async () => {
    jest.useRealTimers();
    await start({ heartbeatTimeoutMs: 30, janitorIntervalMs: 5 });
    await engine.store.apply([create('a', { jobType: 'external' }), report('a', { status: 'processing' })]);
    expect(await engine.ended('a')).toMatchObject({ status: 'failed', result: { code: 'worker-lost' } });
  });
});
