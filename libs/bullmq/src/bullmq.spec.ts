import { jobFailure } from '@harmonia/contract';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Rig } from './testing/rig.fixture.js';

const DEADLINE = 60_000;

describeWithRedis('jobs in BullMQ, with workers in processes of their own', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await Rig.start(await RedisServer.start(), { attempts: 3, backoff: { type: 'exponential', delay: 50 } });
  }, DEADLINE);
  afterEach(() => rig.killWorkers());
  afterAll(() => rig.stop());

  it(
    'runs the handlers of the engine with their report, files and results',
    async () => {
      await rig.worker();
      const { id } = await rig.create('greet', 'Ann');
      const job = await rig.ended(id);
      expect(job).toMatchObject({ status: 'completed', attempt: 1, progress: { percentage: 100 }, result: { fileName: 'greeting.txt' } });
      expect(await readFile(join(rig.directory, 'results', id, '1', 'greeting.txt'), 'utf8')).toBe('Hello Ann');
    },
    DEADLINE,
  );

  it(
    'gives each of many jobs to one of two workers',
    async () => {
      const both = [await rig.worker(), await rig.worker()];
      const jobs = await Promise.all(Array.from({ length: 40 }, () => rig.create('greet', 'all')));
      const done = await Promise.all(jobs.map(({ id }) => rig.ended(id)));
      expect(done.every(({ status, attempt }) => status === 'completed' && attempt === 1)).toBe(true);
      const runs = both.flatMap(({ lines }) => lines.filter((line) => line.startsWith('run ')));
      expect(runs.sort()).toEqual(jobs.map(({ id }) => `run ${id} 1`).sort());
      expect(both.every(({ lines }) => lines.length > 5)).toBe(true);
    },
    DEADLINE,
  );

  it(
    'keeps in BullMQ only what it needs, in one slot, and nothing of what is over',
    async () => {
      const { id } = await rig.create('greet', 'secret');
      const mine = () => rig.redis.command('KEYS', '{harmonia:queue}:jobs:*').split('\n');
      const [key = ''] = mine().filter((name) => name.includes(id));
      expect(rig.redis.command('HGET', key, 'data')).toBe(JSON.stringify({ id, attempt: 1 }));
      expect(rig.redis.command('HGETALL', key)).not.toContain('secret');
      await rig.worker();
      await rig.ended(id);
      const { id: last } = await rig.create('greet');
      await rig.ended(last);
      expect(mine().filter((name) => name.includes(id))).toEqual([]);
      expect(
        rig.redis
          .command('KEYS', '*')
          .split('\n')
          .every((name) => name.startsWith('{harmonia:')),
      ).toBe(true);
    },
    DEADLINE,
  );

  it(
    '[R10] starts anew what a killed worker had begun',
    async () => {
      const first = await rig.worker();
      const { id } = await rig.create('patient');
      await first.says(`run ${id} 1`);
      await first.end('SIGKILL');
      await rig.worker();
      expect(await rig.ended(id)).toMatchObject({ status: 'completed', attempt: 2, result: 2 });
      expect(await rig.told(id)).toEqual(['queued 1', 'processing 1', 'queued 2 interrupted', 'processing 2', 'completed 2']);
    },
    DEADLINE,
  );

  it(
    '[R3] hands back what runs when its worker is asked to stop',
    async () => {
      const [first, second] = [await rig.worker(), randomUUID()];
      const { id } = await rig.create('patient');
      await rig.publisher.created({ id: second, userId: 'ann', jobType: 'stubborn' });
      await Promise.all([first.says(`run ${id} 1`), first.says(`run ${second} 1`)]);
      expect(await first.end('SIGTERM')).toBeNull();
      expect(first.lines).toContain(`stopped ${id} 1`);
      for (const handedBack of [id, second]) {
        expect((await rig.store.read([handedBack])).records.get(handedBack)).toMatchObject({
          restarts: 0,
          job: { status: 'queued', attempt: 2 },
        });
      }
      await rig.worker();
      expect(await rig.ended(id)).toMatchObject({ status: 'completed', result: 2 });
      expect(await rig.ended(second)).toMatchObject({ status: 'completed', result: 2 });
    },
    DEADLINE,
  );

  it(
    '[R3] stops a handler whose job is cancelled in another process',
    async () => {
      const there = await rig.worker();
      const { id } = await rig.create('patient', 'always');
      await there.says(`run ${id} 1`);
      await rig.publisher.cancelled(id);
      await there.says(`stopped ${id} 1`);
      await rig.publisher.retried(id);
      await there.says(`run ${id} 2`);
      await rig.publisher.cancelled(id);
      expect(await rig.told(id)).toEqual(['queued 1', 'processing 1', 'cancelled 1', 'queued 2', 'processing 2', 'cancelled 2']);
    },
    DEADLINE,
  );

  it(
    '[R3] tries again after a while, and fails once, at the end',
    async () => {
      const there = await rig.worker();
      const { id } = await rig.create('flaky', 9);
      const job = await rig.ended(id);
      expect(job).toMatchObject({ status: 'failed', attempt: 3 });
      expect(jobFailure(job)).toMatchObject({ code: 'handler-failed' });
      expect(await rig.told(id)).toEqual([
        'queued 1',
        'processing 1',
        'queued 2 retrying',
        'processing 2',
        'queued 3 retrying',
        'processing 3',
        'failed 3',
      ]);
      const times = (await rig.store.history(id)).map(({ at }) => Date.parse(at));
      const gaps = [2, 4].map((index) => (times[index + 1] ?? 0) - (times[index] ?? 0));
      expect(gaps[0]).toBeGreaterThanOrEqual(45);
      expect(gaps[1]).toBeGreaterThanOrEqual(95);
      expect(there.lines.filter((line) => line.startsWith(`run ${id}`))).toHaveLength(3);
      await rig.publisher.retried(id);
      expect(await rig.until(id, ({ status, attempt }) => status === 'failed' && attempt === 6)).toMatchObject({ attempt: 6 });
    },
    DEADLINE,
  );

  it(
    '[R3] stops trying when it works, and does not try again what the handler ended itself',
    async () => {
      await rig.worker();
      const [flaky, never] = [await rig.create('flaky', 2), await rig.create('flaky', 'never')];
      expect(await rig.ended(flaky.id)).toMatchObject({ status: 'completed', attempt: 2, result: { attempt: 2 } });
      const failed = await rig.ended(never.id);
      expect(failed).toMatchObject({ status: 'failed', attempt: 1 });
      expect(jobFailure(failed)).toMatchObject({ code: 'no-way' });
    },
    DEADLINE,
  );
});
