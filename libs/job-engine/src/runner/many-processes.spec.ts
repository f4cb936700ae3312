import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTick } from 'node:timers/promises';
import { EngineProcesses } from '../engine-process.fixture.js';
import { temporaryDirectory, TestEngine } from '../engine.suite.js';
import { resultFile } from '../files/result-file.js';
import type { HarmoniaJobsOptions } from '../job-engine.options.js';
import { RedisJobStore } from '../store/redis-job-store.js';
import { followProbe } from '../store/store-probe.suite.js';
import { JobHandler, type JobRunner } from './job-handler.js';
import { JobRuns } from './job-runs.js';

@JobHandler('simulate')
class Scripted implements JobRunner {
  constructor(readonly run: JobRunner['run']) {}
}

// real processes start in each of them
jest.setTimeout(30_000);

const SOON = { heartbeatTimeoutMs: 600, janitorIntervalMs: 100 };
const draft = (id: string, input: unknown = null) => ({ id, userId: 'ann', jobType: 'simulate', input });

describeWithRedis('several processes on one Redis', () => {
  let server: RedisServer;
  let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
  let processes: EngineProcesses;
  let engines: TestEngine[] = [];

  beforeAll(async () => {
    processes = await EngineProcesses.build();
  });
  beforeEach(async () => {
    server = await RedisServer.start();
    directory = await temporaryDirectory();
  });
  afterEach(async () => {
    await processes.killAll();
    await Promise.all(engines.map(({ app }) => app.close()));
    engines = [];
    await server.remove();
    await directory.remove();
  });

  /** An engine in this process, with connections of its own. */
  const node = async (run: JobRunner['run'] | false, options: Partial<HarmoniaJobsOptions> = {}): Promise<TestEngine> => {
    // on a busy machine the server takes its time to come back
    const store = () => RedisJobStore.open({ url: server.url, patienceMs: 10_000, onTrouble: () => undefined });
    const handlers = run ? [{ provide: Scripted, useFactory: () => new Scripted(run) }] : [];
    const engine = await TestEngine.start(directory.path, { store, ...options }, handlers);
    engines.push(engine);
    return engine;
  };

  it('run each of 500 jobs exactly once, though ten of them race for it', async () => {
    const runs = new Map<string, number>();
    const shares = new Set<number>();
    const ids = Array.from({ length: 500 }, (_, index) => `job-${index}`);
    const race = Array.from({ length: 10 }, (_, index) =>
      node(({ id }) => {
        shares.add(index);
        runs.set(id, (runs.get(id) ?? 0) + 1);
      }),
    );
    const nodes = await Promise.all(race);
    const { store, publisher } = nodes[0] ?? never();
    const probe = await followProbe(store);
    await Promise.all(ids.slice(0, 250).map((id) => publisher.created(draft(id))));
    await Promise.all(
      nodes.map((node, index) => Promise.all(ids.slice(250 + index * 25, 275 + index * 25).map((id) => node.publisher.created(draft(id))))),
    );
    await probe.until((events) => events.filter(({ kind }) => kind === 'completed').length === 500);
    expect(ids.filter((id) => runs.get(id) !== 1)).toEqual([]);
    const { records } = await store.read(ids);
    expect([...records.values()].filter(({ job }) => job.status !== 'completed' || job.attempt !== 1)).toEqual([]);
    expect(shares.size).toBe(10);
  });

  it("[R10] leave each other's attempts alone when they start", async () => {
    const { publisher, job } = await node(false);
    const worker = await processes.start(server.url, directory.path);
    await publisher.created(draft('a', 'wait'));
    await worker.says('runs a 1');
    await node(() => 'mine');
    expect(await job('a')).toMatchObject({ status: 'processing', attempt: 1, version: 2 });
  });

  it('[R10] start what a killed one has cut off anew, in time', async () => {
    const worker = await processes.start(server.url, directory.path, SOON);
    const { publisher, ended } = await node(false, SOON);
    await publisher.created(draft('a', 'wait'));
    await worker.says('runs a 1');
    await node(({ attempt }) => attempt, SOON);
    await worker.kill();
    const killedAt = performance.now();
    expect(await ended('a')).toMatchObject({ status: 'completed', attempt: 2, result: 2 });
    // what is due after 700 ms, on a busy machine
    expect(performance.now() - killedAt).toBeLessThan(5000);
  });

  it('[R10] end a job whose worker was lost too often', async () => {
    const { publisher, until } = await node(false, { ...SOON, maxAttempts: 2 });
    await publisher.created(draft('a', 'wait'));
    for (const attempt of [1, 2]) {
      const worker = await processes.start(server.url, directory.path);
      await worker.says(`runs a ${attempt}`);
      await worker.kill();
    }
    expect(await until('a', ({ status }) => status === 'failed')).toMatchObject({ attempt: 2, result: { code: 'worker-lost' } });
  });

  it('[F5] claim no job that another one runs, though it is queued again since Redis was rolled back', async () => {
    const { publisher, until } = await node(false);
    await publisher.created(draft('a', 'wait'));
    server.command('SAVE');
    const worker = await processes.start(server.url, directory.path);
    await worker.says('runs a 1');
    const seen: string[] = [];
    const runs = (await node(({ id }) => seen.push(id))).app.get(JobRuns);
    worker.pause();
    await server.kill();
    await server.start();
    while (!runs.has('a')) await nextTick();
    worker.resume();
    await until('a', ({ status }) => status === 'processing');
    while (runs.has('a')) await nextTick();
    expect(seen).toEqual([]);
  });

  it('[R3] tell the one that runs a job that it was cancelled at another', async () => {
    const stopped: string[] = [];
    let told = (): void => undefined;
    const heard = new Promise<void>((resolve) => (told = resolve));
    const runner = await node(async ({ id }, _, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      stopped.push(id);
      told();
    });
    const { publisher } = await node(false);
    await publisher.created(draft('a'));
    await runner.until('a', ({ status }) => status === 'processing');
    await publisher.cancelled('a');
    await heard;
    expect(stopped).toEqual(['a']);
  });

  it('[R11] share the directory of files: one starts while another writes, and each reads what the other kept', async () => {
    const { publisher, files, ended, job } = await node(false);
    for (const id of ['a', 'b']) await (await files.stage(Readable.from([`file of ${id}`]))).keep(`uploads/${id}`);
    const one = await processes.start(server.url, directory.path);
    await publisher.created(draft('a', 'file'));
    await one.says('writes a');
    const two = await processes.start(server.url, directory.path, { heartbeatTimeoutMs: 600 });
    await publisher.created(draft('c', 'wait'));
    await publisher.created(draft('b', 'file'));
    await Promise.race([one.says('writes b'), two.says('writes b')]);
    expect(await readdir(join(directory.path, 'files', '.staging'))).toHaveLength(2);
    for (const worker of [one, two]) worker.goOn();
    await Promise.all(['a', 'b'].map(ended));
    for (const id of ['a', 'b']) {
      const stored = await files.open(resultFile((await job(id)) ?? never())?.outputPath ?? '');
      expect(stored && (await text(stored.stream))).toMatch(new RegExp(`^(${one.pid}|${two.pid}): FILE OF ${id.toUpperCase()}$`));
    }
  });

  it('[G13] begin although Redis is away, and go on by themselves when it is there', async () => {
    await server.kill();
    const store = () => RedisJobStore.open({ url: server.url, onTrouble: () => undefined });
    const { publisher, files, ended, job } = await node(() => 'done', { store });
    await expect(publisher.created(draft('early'))).rejects.toMatchObject({ code: 'unavailable' });
    await server.start();
    const created = async (id: string): Promise<unknown> => publisher.created(draft(id)).catch(() => created(id));
    await created('a');
    expect(await ended('a')).toMatchObject({ status: 'completed' });
    await (await files.stage(Readable.from(['x']))).keep('uploads/a');
    await publisher.removed('a');
    while (await isThere(files, 'uploads/a')) await nextTick();
    expect(await job('a')).toBeUndefined();
  });
});

async function isThere(files: TestEngine['files'], key: string): Promise<boolean> {
  const file = await files.open(key);
  file?.stream.destroy();
  return file !== null;
}

function never(): never {
  throw new Error('It is gone.');
}
