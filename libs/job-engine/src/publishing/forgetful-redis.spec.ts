import { isTerminal, type Job } from '@harmonia/contract';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { setImmediate as nextTick } from 'node:timers/promises';
import { ONLY_DATE, temporaryDirectory, TestEngine } from '../engine.suite.js';
import type { HarmoniaJobsOptions } from '../job-engine.options.js';
import { JobHandler, type JobRunner, type RunningJob, type RunReport } from '../runner/job-handler.js';
import { JobJanitor } from '../runner/job-janitor.js';
import { RedisJobStore } from '../store/redis-job-store.js';
import { create, report } from '../store/store-probe.suite.js';

type Script = JobRunner['run'];

@JobHandler('simulate')
class Scripted implements JobRunner {
  constructor(readonly run: Script) {}
}

// real servers start in each of them
jest.setTimeout(20_000);

/** Opens once, for any number who wait. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describeWithRedis('a Redis that forgets [F5, G14]', () => {
  let server: RedisServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let engines: TestEngine[] = [];

  beforeEach(async () => {
    server = await RedisServer.start();
    directory = await temporaryDirectory();
  });
  afterEach(async () => {
    await Promise.all(engines.map(({ app }) => app.close()));
    engines = [];
    await server.remove();
    await directory.remove();
    jest.useRealTimers();
  });

  const start = async (run: Script, options: Partial<HarmoniaJobsOptions> = {}, partitions = 1): Promise<TestEngine> => {
    // on a busy machine the server takes its time to come back
    const store = () => RedisJobStore.open({ url: server.url, partitions, patienceMs: 10_000, onTrouble: () => undefined });
    const handler = { provide: Scripted, useFactory: () => new Scripted(run) };
    const engine = await TestEngine.start(directory.path, { store, progressIntervalMs: 1, ...options }, [handler]);
    engines.push(engine);
    return engine;
  };
  /** The server with what it has saved, under another run id. */
  const restart = async () => {
    await server.kill();
    await server.start();
  };
  const progressed = ({ progress }: Job, percentage: number) => progress?.percentage === percentage;

  it('hears again of what runs, and of its end', async () => {
    const [goOn, end] = [gate(), gate()];
    const seen: number[] = [];
    const { publisher, until, ended } = await start(async ({ attempt }: RunningJob, told: RunReport) => {
      seen.push(attempt);
      await told.progress(10);
      await goOn.opened;
      await told.progress(60, 'Far along');
      await end.opened;
      return 'done';
    });
    await publisher.created({ id: 'a', userId: 'ann', jobType: 'simulate', title: 'Mine', input: { n: 1 } });
    await until('a', (job) => progressed(job, 10));
    server.command('SAVE');
    goOn.open();
    const before = await until('a', (job) => progressed(job, 60));
    await restart();
    const after = await until('a', (job) => progressed(job, 60));
    expect(after).toMatchObject({ status: 'processing', attempt: 1, progress: { message: 'Far along' } });
    expect(after.version).toBeLessThanOrEqual(before.version);
    end.open();
    expect(await ended('a')).toMatchObject({ status: 'completed', result: 'done', attempt: 1 });
    expect(seen).toEqual([1]);
  });

  it.each([1, 4])('is told of a running job that it has lost with everything else, in %i partitions', async (partitions) => {
    const end = gate();
    const work = async ({ input }: RunningJob, told: RunReport) => {
      await told.progress(30);
      await end.opened;
      return input;
    };
    const { publisher, until, ended, store } = await start(work, {}, partitions);
    await publisher.created({ id: 'a', userId: 'ann', jobType: 'simulate', title: 'Mine', tags: ['x'], input: { n: 1 } });
    await until('a', (job) => progressed(job, 30));
    await restart();
    expect(await until('a', (job) => progressed(job, 30))).toMatchObject({
      userId: 'ann',
      title: 'Mine',
      tags: ['x'],
      status: 'processing',
    });
    end.open();
    expect(await ended('a')).toMatchObject({ status: 'completed', result: { n: 1 } });
    expect((await store.history('a')).map(({ status }) => status)).toEqual(expect.arrayContaining(['queued', 'processing', 'completed']));
  });

  it('is told so too when it is emptied under a connection that holds', async () => {
    const end = gate();
    const { publisher, until, ended } = await start(async (_, told) => {
      await told.progress(30);
      await end.opened;
    });
    await publisher.created({ id: 'a', userId: 'ann', jobType: 'simulate' });
    await until('a', (job) => progressed(job, 30));
    server.command('FLUSHALL');
    expect(await until('a', (job) => progressed(job, 30))).toMatchObject({ status: 'processing', attempt: 1 });
    end.open();
    expect(await ended('a')).toMatchObject({ status: 'completed' });
  });

  it('is told of ends that it has lost, each as it was', async () => {
    const { publisher, until, ended } = await start(({ id }: RunningJob) => {
      if (id === 'bad') throw new Error('secret');
      return `${id} is done`;
    });
    await publisher.created({ id: 'early', userId: 'ann', jobType: 'simulate' });
    await ended('early');
    server.command('SAVE');
    await publisher.created({ id: 'good', userId: 'ann', jobType: 'simulate' });
    await publisher.created({ id: 'bad', userId: 'ann', jobType: 'simulate' });
    const lost = await Promise.all(['good', 'bad'].map(ended));
    await restart();
    for (const { id, status, result } of lost) {
      expect(await until(id, (job) => isTerminal(job.status))).toMatchObject({ status, result, attempt: 1 });
    }
    expect(await ended('early')).toMatchObject({ result: 'early is done' });
  });

  it('does not get back what was removed', async () => {
    const { publisher, until, ended, job } = await start(() => 'done');
    await publisher.created({ id: 'a', userId: 'ann', jobType: 'simulate' });
    await publisher.created({ id: 'b', userId: 'ann', jobType: 'simulate' });
    await Promise.all(['a', 'b'].map(ended));
    await publisher.removed('a');
    await until('b', () => true);
    await restart();
    await ended('b');
    await publisher.flush();
    expect(await job('a')).toBeUndefined();
  });

  it('learns that a job was retried since, when it remembers the end before', async () => {
    const end = gate();
    const { publisher, until, ended } = await start(async ({ attempt }: RunningJob, told: RunReport) => {
      if (attempt === 1) throw new Error('first');
      await told.progress(50);
      await end.opened;
      return attempt;
    });
    await publisher.created({ id: 'a', userId: 'ann', jobType: 'simulate' });
    await ended('a');
    server.command('SAVE');
    await publisher.retried('a');
    await until('a', (job) => progressed(job, 50));
    await restart();
    expect(await until('a', (job) => progressed(job, 50))).toMatchObject({ status: 'processing', attempt: 2 });
    end.open();
    expect(await ended('a')).toMatchObject({ status: 'completed', result: 2, attempt: 2 });
  });

  it('hears by their reporters of jobs that no handler runs', async () => {
    const { publisher, until } = await start(() => null);
    const job = await publisher.created({ id: 'a', userId: 'ann', jobType: 'external' });
    const [reporter, bare] = [publisher.reporter(job), publisher.reporter({ id: 'b', attempt: 1 })];
    await publisher.created({ id: 'b', userId: 'ann', jobType: 'external' });
    await Promise.all([reporter.progress(40), bare.progress(40)]);
    await restart();
    expect(await until('a', ({ progress }) => progress !== null)).toMatchObject({ progress: { percentage: 40 } });
    expect(await reporter.completed('done')).toMatchObject({ accepted: true });
    await expect(bare.completed()).rejects.toMatchObject({ code: 'job-unknown' });
  });

  it('[R10] ends no attempt because it remembers an older sign of life alone', async () => {
    jest.useFakeTimers({ doNotFake: [...ONLY_DATE], now: 1_000_000 });
    const { app, store, job } = await start(() => null, { runner: false, janitorIntervalMs: 2 ** 31 - 1 });
    const janitor = app.get(JobJanitor);
    const live = async (seconds: number, work: () => Promise<unknown> = () => Promise.resolve()) => {
      for (const end = Date.now() + seconds * 1000; Date.now() < end; jest.setSystemTime(Date.now() + 20_000)) {
        await work();
        await janitor.lookAfter();
      }
    };
    await store.apply([create('a'), report('a', { status: 'processing' })]);
    server.command('SAVE');
    await live(200, () => store.apply([report('a')]));
    await restart();
    await live(60);
    expect(await job('a')).toMatchObject({ status: 'processing', attempt: 1 });
    await live(40);
    expect(await job('a')).toMatchObject({ status: 'queued', attempt: 2 });
  });
});

describeWithRedis('a Redis that is away while jobs run [R10, G13]', () => {
  it('misses no progress and no end, and hosts are told that it is away', async () => {
    const server = await RedisServer.start({ appendOnly: true });
    const directory = await temporaryDirectory();
    const [begun, away] = [gate(), gate()];
    const run: Script = async (_, told) => {
      await told.progress(10);
      begun.open();
      await away.opened;
      for (const percent of [20, 30, 40]) await told.progress(percent, 'Unheard');
      return 'done';
    };
    // as long as a busy machine takes to connect
    const store = () => RedisJobStore.open({ url: server.url, patienceMs: 1000, onTrouble: () => undefined });
    const handler = { provide: Scripted, useFactory: () => new Scripted(run) };
    const { app, publisher, job } = await TestEngine.start(directory.path, { store, progressIntervalMs: 1 }, [handler]);
    await publisher.created({ id: 'a', userId: 'ann', jobType: 'simulate' });
    await begun.opened;
    await server.kill();
    await expect(publisher.edited('a', { title: 'No' })).rejects.toMatchObject({ code: 'unavailable' });
    away.open();
    await server.start();
    const known = () => job('a').catch(() => undefined);
    for (let now = await known(); now?.status !== 'completed'; now = await known()) await nextTick();
    expect(await job('a')).toMatchObject({ result: 'done', attempt: 1, title: null, progress: { percentage: 100, message: 'Unheard' } });
    await app.close();
    await server.remove();
    await directory.remove();
  });
});
