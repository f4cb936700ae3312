import type { INestApplicationContext } from '@nestjs/common';
import { jobFailure } from '@harmonia/contract';
import { JobFailedError, JobHandler, type JobRunner, type RunningJob } from '@harmonia/job-engine';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { EventEmitter, once } from 'node:events';
import { startNode } from '../testing/node.fixture.js';
import { Rig } from '../testing/rig.fixture.js';

const DEADLINE = 60_000;
const news = new EventEmitter();
const runs: string[] = [];

@JobHandler('short')
class Short implements JobRunner {
  run({ id, attempt, input }: RunningJob, _: unknown, signal: AbortSignal): unknown {
    runs.push(`${id} ${attempt}`);
    news.emit('run');
    if (input === 'throw' && attempt < 3) throw new Error('password=secret');
    if (input === 'fail') throw new JobFailedError('no-way', 'This cannot be done.');
    return input === 'wait' && attempt === 1 ? once(signal, 'abort') : attempt;
  }
}

describeWithRedis('a worker', () => {
  let rig: Rig;
  let workers: INestApplicationContext[] = [];

  beforeAll(async () => {
    rig = await Rig.start(await RedisServer.start());
  }, DEADLINE);
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    workers = [];
  });
  afterAll(() => rig.stop());

  const bullmq = { attempts: 3, backoff: 20 };
  async function worker(): Promise<void> {
    workers.push(await startNode({ url: rig.redis.url, directory: rig.directory, bullmq }, [Short]));
  }
  const keysOf = (id: string) => rig.redis.command('KEYS', `*${id}@*`);

  it(
    '[R3] makes an attempt of each try, in the same process too',
    async () => {
      await worker();
      const { id } = await rig.create('short', 'throw');
      expect(await rig.ended(id)).toMatchObject({ status: 'completed', attempt: 3 });
      expect(JSON.stringify(await rig.store.history(id))).not.toContain('secret');
    },
    DEADLINE,
  );

  it(
    '[R4] drops what has moved on, and leaves alone what somebody else reports',
    async () => {
      const [cancelled, reported, last] = await Promise.all(['a', 'b', 'c'].map(() => rig.create('short')));
      if (!cancelled || !reported || !last) throw new Error('There are three.');
      await rig.publisher.cancelled(cancelled.id);
      await rig.publisher.started(reported.id);
      await worker();
      await rig.ended(last.id);
      const after = await rig.create('short');
      await rig.ended(after.id);
      expect(runs).not.toContain(`${cancelled.id} 1`);
      expect(runs).not.toContain(`${reported.id} 1`);
      expect((await rig.store.read([reported.id])).records.get(reported.id)?.job).toMatchObject({ status: 'processing', attempt: 1 });
    },
    DEADLINE,
  );

  it(
    'is not handed what a host runs by other means',
    async () => {
      await worker();
      const others = [await rig.create('external'), await rig.create('unheard-of')];
      const { id } = await rig.create('short');
      await rig.ended(id);
      expect(others.map((other) => keysOf(other.id)).join('')).toBe('');
    },
    DEADLINE,
  );

  it(
    'puts back what it has no handler for',
    async () => {
      const queue = new Queue('jobs', { connection: { url: rig.redis.url }, prefix: '{harmonia:queue}' });
      await worker();
      const [first, second] = [await rig.create('greet'), await rig.create('greet')];
      const after = await rig.create('short');
      await rig.ended(after.id);
      expect(await queue.getDelayedCount()).toBe(2);
      await queue.close();
      for (const { id } of [first, second]) {
        expect(keysOf(id).split('\n')).toEqual([expect.stringContaining(id)]);
        await rig.publisher.cancelled(id);
      }
    },
    DEADLINE,
  );

  it(
    '[R3] hands back what it runs when its application closes',
    async () => {
      await worker();
      const { id } = await rig.create('short', 'wait');
      await once(news, 'run');
      await workers.pop()?.close();
      expect((await rig.store.read([id])).records.get(id)?.job).toMatchObject({ status: 'queued', attempt: 2 });
      await worker();
      expect(await rig.ended(id)).toMatchObject({ status: 'completed', result: 2 });
    },
    DEADLINE,
  );

  it(
    '[R10] follows an attempt that was lost with another worker by a new one',
    async () => {
      const { id } = await rig.create('short');
      const place = { connection: { url: rig.redis.url }, prefix: '{harmonia:queue}', lockDuration: 100 };
      const other = new Worker('jobs', null, place);
      let taken = await other.getNextJob('mine', { block: false });
      while (taken?.data.id !== id) taken = await other.getNextJob('mine', { block: false });
      await rig.publisher.started(id);
      await other.close();
      await worker();
      expect(await rig.ended(id)).toMatchObject({ status: 'completed', attempt: 2 });
      expect((await rig.store.read([id])).records.get(id)).toMatchObject({ restarts: 1 });
    },
    DEADLINE,
  );

  it(
    'tells BullMQ too that a job has failed, over a client of the host',
    async () => {
      const client = new Redis(rig.redis.url, { maxRetriesPerRequest: null });
      workers.push(await startNode({ url: rig.redis.url, directory: rig.directory, bullmq: { connection: client } }, [Short]));
      const failed: string[] = [];
      const events = new QueueEvents('jobs', { connection: { url: rig.redis.url }, prefix: '{harmonia:queue}' });
      await events.waitUntilReady();
      const told = once(events, 'failed');
      events.on('failed', ({ failedReason }) => failed.push(failedReason));
      const { id } = await rig.create('short', 'fail');
      expect(jobFailure(await rig.ended(id))).toMatchObject({ code: 'no-way' });
      await told;
      expect(failed).toEqual(['This cannot be done.']);
      await workers.pop()?.close();
      expect(client.status).toBe('ready');
      await Promise.all([events.close(), client.quit()]);
    },
    DEADLINE,
  );

  it(
    'runs a job anew that was removed and created again with the same id',
    async () => {
      await worker();
      for (const result of [1, 1]) {
        const { id } = await rig.publisher.created({ id: 'again', userId: 'ann', jobType: 'short' });
        expect(await rig.ended(id)).toMatchObject({ status: 'completed', result });
        await rig.publisher.removed(id);
      }
      expect(runs.filter((run) => run === 'again 1')).toHaveLength(2);
    },
    DEADLINE,
  );
});
