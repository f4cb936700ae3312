import type { Job } from '@harmonia/contract';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { Queue, QueueEvents, Worker, type Processor } from 'bullmq';
import { once } from 'node:events';
import { Rig } from '../testing/rig.fixture.js';
import { LiveJobs } from './live-jobs.js';

const DEADLINE = 60_000;

describeWithRedis('a processor of a host whose job somebody else has ended', () => {
  let rig: Rig;
  let queue: Queue;
  let events: QueueEvents;
  let worker: Worker | undefined;

  beforeAll(async () => {
    rig = await Rig.start(await RedisServer.start());
    const connection = { url: rig.redis.url };
    queue = new Queue('mails', { connection });
    events = new QueueEvents('mails', { connection });
    await events.waitUntilReady();
  }, DEADLINE);
  afterEach(() => worker?.close());
  afterAll(async () => {
    await Promise.all([queue.close(), events.close()]);
    await rig.stop();
  });

  function work(process: Processor): void {
    const live = new LiveJobs(rig.publisher, () => ({ userId: 'ann' }), { heartbeatMs: 20, patienceMs: 300 });
    worker = new Worker('mails', live.processor(process), { connection: { url: rig.redis.url } });
  }
  const add = (attempts = 1) => queue.add('May', {}, { attempts, backoff: 20 });
  const begun = (id: string, number: number) => rig.until(id, ({ attempt, status }: Job) => attempt === number && status === 'processing');
  const lose = (id: string) => rig.publisher.commit({ kind: 'lost', id, attempt: 1, maxAttempts: 1 });

  it(
    '[R10] goes on and is shown by a new attempt when it was silent for so long that it counted as lost, and is tried again as ever',
    async () => {
      work(async (job, _, signal) => {
        const id = LiveJobs.idOf(job);
        if (job.attemptsStarted > 1) return 'sent';
        await lose(id);
        const stopped = signal && once(signal, 'abort').then(() => 'told to stop');
        const became = await Promise.race([begun(id, 2).then(() => 'shown again'), ...(stopped ? [stopped] : [])]);
        throw new Error(became);
      });
      const bull = await add(2);
      expect(await bull.waitUntilFinished(events)).toBe('sent');
      const id = LiveJobs.idOf(bull);
      expect(await rig.until(id, ({ status }) => status === 'completed')).toMatchObject({ attempt: 3, result: 'sent' });
      expect((await rig.told(id)).slice(2)).toEqual([
        'failed 1',
        'queued 2',
        'processing 2',
        'queued 3 retrying',
        'processing 3',
        'completed 3',
      ]);
    },
    DEADLINE,
  );

  it(
    '[R10] has ended as it did, though it counted as lost just before',
    async () => {
      work(async (job) => {
        await lose(LiveJobs.idOf(job));
        return 'sent';
      });
      const bull = await add();
      expect(await bull.waitUntilFinished(events)).toBe('sent');
      expect(await rig.ended(LiveJobs.idOf(bull))).toMatchObject({ status: 'completed', attempt: 2, result: 'sent' });
    },
    DEADLINE,
  );

  it(
    '[R4] is not told to stop when somebody else has completed it',
    async () => {
      work(async (job, _, signal) => {
        const id = LiveJobs.idOf(job);
        await rig.publisher.completed(id, 'before');
        await job.updateProgress(50);
        await rig.publisher.edited(id, { title: 'Later' });
        return signal?.aborted;
      });
      const bull = await add();
      expect(await bull.waitUntilFinished(events)).toBe(false);
      expect(await rig.ended(LiveJobs.idOf(bull))).toMatchObject({ attempt: 1, result: 'before' });
    },
    DEADLINE,
  );

  it(
    '[R4] is told to stop when another worker has taken it over',
    async () => {
      work(async (job, _, signal) => {
        const id = LiveJobs.idOf(job);
        const stopped = signal && once(signal, 'abort');
        await rig.publisher.requeued(id, 'interrupted');
        await rig.publisher.started(id);
        await stopped;
      });
      const bull = await add();
      await bull.waitUntilFinished(events).catch(() => undefined);
      expect(await rig.told(LiveJobs.idOf(bull))).toEqual(['queued 1', 'processing 1', 'queued 2 interrupted', 'processing 2']);
    },
    DEADLINE,
  );
});
