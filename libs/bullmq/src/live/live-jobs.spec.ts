import { jobFailure, type Job } from '@harmonia/contract';
import { JobFailedError, type JobPublisher } from '@harmonia/job-engine';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { DelayedError, Queue, QueueEvents, Worker, type Job as BullJob, type Processor } from 'bullmq';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sendInvoices, type Invoices } from '../testing/host-app/send-invoices.fixture.js';
import { Rig } from '../testing/rig.fixture.js';
import { LiveJobs, type LiveJobDescription } from './live-jobs.js';

const DEADLINE = 60_000;
const MAIN = join('host-app', 'main.fixture.ts');

describeWithRedis('an application that has BullMQ already', () => {
  let rig: Rig;
  let queue: Queue<Invoices>;
  let events: QueueEvents;
  const open: Worker[] = [];

  beforeAll(async () => {
    rig = await Rig.start(await RedisServer.start());
    const connection = { url: rig.redis.url };
    queue = new Queue('invoices', { connection });
    events = new QueueEvents('invoices', { connection });
    await events.waitUntilReady();
  }, DEADLINE);
  afterEach(async () => {
    await Promise.all(open.splice(0).map((worker) => worker.close()));
    await rig.killWorkers();
  });
  afterAll(async () => {
    await Promise.all([queue.close(), events.close()]);
    await rig.stop();
  });

  const ofOwner = ({ data, name }: BullJob<Invoices>): LiveJobDescription => ({ userId: data.userId, title: name });
  const add = (data: Omit<Invoices, 'userId'>, attempts = 1) => queue.add('May', { userId: 'ann', ...data }, { attempts, backoff: 20 });

  /** The application's worker in this process. */
  function work(live: LiveJobs<Invoices>, process: Processor<Invoices> = sendInvoices): void {
    open.push(new Worker<Invoices>('invoices', live.processor(process), { connection: { url: rig.redis.url }, stalledInterval: 300 }));
  }
  const here = (publisher: JobPublisher = rig.publisher) => new LiveJobs<Invoices>(publisher, ofOwner, { patienceMs: 300 });

  it(
    'shows what its processor does, in a process of its own',
    async () => {
      await rig.worker(MAIN);
      const bull = await add({ pages: 4 });
      const id = LiveJobs.idOf(bull);
      expect(await bull.waitUntilFinished(events)).toEqual({ sent: 4 });
      const job = await rig.ended(id);
      expect(job).toMatchObject({ userId: 'ann', title: 'May', jobType: 'external', status: 'completed', result: { sent: 4 } });
      expect(job.progress).toMatchObject({ current: 4, total: 4, percentage: 100, message: 'Page 4' });
      expect(await rig.told(id)).toEqual(['queued 1', 'processing 1', 'completed 1']);
    },
    DEADLINE,
  );

  it('is changed in one line and its import, as the guide says', async () => {
    const guide = await readFile(join(__dirname, '../../../../docs/bullmq.md'), 'utf8');
    const lines = /```diff\n([^`]*)```/.exec(guide)?.[1]?.split('\n') ?? [];
    const main = await readFile(join(__dirname, '../testing', MAIN), 'utf8');
    const added = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1).trim());
    expect(added).toHaveLength(2);
    for (const line of added) expect(main.replaceAll('.fixture.js', '.js')).toContain(line.replace(/ \}\);$/, ''));
  });

  it(
    'shows a job while it waits, each try of it, and its failure once',
    async () => {
      const bull = await add({ pages: 1, failures: 9 }, 3);
      const live = here();
      const { id, status } = await live.queued(bull);
      expect([id, status]).toEqual([LiveJobs.idOf(bull), 'queued']);
      work(live);
      const job = await rig.ended(id);
      expect(jobFailure(job)).toMatchObject({ code: 'handler-failed' });
      expect(JSON.stringify(job)).not.toContain('secret');
      expect(await rig.told(id)).toEqual([
        'queued 1',
        'processing 1',
        'queued 2 retrying',
        'processing 2',
        'queued 3 retrying',
        'processing 3',
        'failed 3',
      ]);
      await expect(bull.waitUntilFinished(events)).rejects.toThrow('smtp://secret is away');
    },
    DEADLINE,
  );

  it(
    'shows a new attempt when BullMQ is told to try a failed job again',
    async () => {
      work(here());
      const bull = await add({ pages: 1, failures: 1 });
      const id = LiveJobs.idOf(bull);
      await rig.ended(id);
      await bull.waitUntilFinished(events).catch(() => undefined);
      await bull.retry();
      const again = await rig.until(id, ({ attempt, status }: Job) => attempt === 2 && status === 'completed');
      expect(again.result).toEqual({ sent: 1 });
    },
    DEADLINE,
  );

  it(
    '[R10] shows a new attempt when its worker was killed',
    async () => {
      const first = await rig.worker(MAIN);
      const bull = await add({ pages: 1, hangs: true });
      const id = LiveJobs.idOf(bull);
      await rig.until(id, ({ progress }) => progress?.percentage === 50);
      await first.end('SIGKILL');
      await rig.worker(MAIN);
      expect(await rig.ended(id)).toMatchObject({ status: 'completed', attempt: 2, result: { sent: 1 } });
      expect(await rig.told(id)).toEqual(['queued 1', 'processing 1', 'queued 2 interrupted', 'processing 2', 'completed 2']);
    },
    DEADLINE,
  );

  it(
    '[R3] stops when its user cancels, and is not tried again; one cancelled before does not start',
    async () => {
      await rig.worker(MAIN);
      const bull = await add({ pages: 1, hangs: true }, 5);
      const id = LiveJobs.idOf(bull);
      await rig.until(id, ({ progress }) => progress?.percentage === 50);
      await rig.publisher.cancelled(id);
      await expect(bull.waitUntilFinished(events)).rejects.toThrow('This job was cancelled.');
      await rig.killWorkers();
      const live = here();
      work(live);
      const second = await add({ pages: 1, hangs: true }, 5);
      await rig.until(LiveJobs.idOf(second), ({ progress }) => progress?.percentage === 50);
      await rig.publisher.cancelled(LiveJobs.idOf(second));
      await expect(second.waitUntilFinished(events)).rejects.toThrow('This job was cancelled.');
      const early = await queue.add('May', { userId: 'ann', pages: 1 }, { delay: 100 });
      await live.queued(early);
      await rig.publisher.cancelled(LiveJobs.idOf(early));
      await expect(early.waitUntilFinished(events)).rejects.toThrow('This job was cancelled.');
      expect(await rig.told(LiveJobs.idOf(early))).toEqual(['queued 1', 'cancelled 1']);
    },
    DEADLINE,
  );

  it(
    'shows what the processor puts back, and what it says of its failure',
    async () => {
      work(here(), async (job, token) => {
        if (job.attemptsStarted > 1) throw new JobFailedError('no-paper', 'There is no paper left.');
        await job.moveToDelayed(Date.now() + 20, token);
        throw new DelayedError();
      });
      const id = LiveJobs.idOf(await add({ pages: 1 }));
      expect(jobFailure(await rig.ended(id))).toEqual({ code: 'no-paper', error: 'There is no paper left.' });
      expect(await rig.told(id)).toEqual(['queued 1', 'processing 1', 'queued 2 interrupted', 'processing 2', 'failed 2']);
    },
    DEADLINE,
  );

  it(
    '[R4] leaves a job alone that has ended, and takes over one whose worker was lost',
    async () => {
      const live = here();
      const [over, lost] = await Promise.all([1, 2].map(() => queue.add('May', { userId: 'ann', pages: 1 }, { delay: 100 })));
      if (!over || !lost) throw new Error('There are two.');
      await live.queued(over);
      await rig.publisher.completed(LiveJobs.idOf(over), 'before');
      await live.queued(lost);
      await rig.publisher.started(LiveJobs.idOf(lost));
      work(live);
      expect(await over.waitUntilFinished(events)).toEqual({ sent: 1 });
      expect(await rig.ended(LiveJobs.idOf(lost))).toMatchObject({ status: 'completed', attempt: 2 });
      expect(await rig.ended(LiveJobs.idOf(over))).toMatchObject({ attempt: 1, result: 'before' });
    },
    DEADLINE,
  );

  it(
    'works on as ever, whatever is wrong with Harmonia',
    async () => {
      const away = await Rig.start(await RedisServer.start());
      await away.redis.kill();
      work(here(away.publisher));
      const unseen = await add({ pages: 2 });
      expect(await unseen.waitUntilFinished(events)).toEqual({ sent: 2 });
      await open.pop()?.close();
      await away.stop();
      const nobodys = new LiveJobs<Invoices>(rig.publisher, () => {
        throw new Error('Whose is it?');
      });
      work(nobodys);
      const second = await add({ pages: 3 });
      expect(await second.waitUntilFinished(events)).toEqual({ sent: 3 });
      expect((await rig.store.read([LiveJobs.idOf(second)])).records.size).toBe(0);
    },
    DEADLINE,
  );

  it('[R8] is watched under ids that are some, whatever BullMQ calls its jobs', () => {
    const timestamp = 36 ** 2;
    expect(LiveJobs.idOf({ queueName: 'mail out', id: 'repeat:1:2', timestamp })).toBe('mail_out.100.repeat_1_2');
    expect(LiveJobs.idOf({ queueName: 'mail', timestamp })).toBe('mail.100.');
    expect(LiveJobs.idOf({ queueName: 'mail', id: 'x'.repeat(200), timestamp })).toHaveLength(128);
  });

  it(
    'can be wrapped where BullMQ gives no signal',
    async () => {
      const bull = await queue.add('May', { userId: 'ann', pages: 2 }, { delay: 60_000 });
      expect(await here().processor(sendInvoices)(bull)).toEqual({ sent: 2 });
      expect(await rig.ended(LiveJobs.idOf(bull))).toMatchObject({ status: 'completed' });
      await bull.remove();
    },
    DEADLINE,
  );

  it(
    'keeps to itself what cannot be shown: results that are no JSON, progress without numbers',
    async () => {
      work(here(), async (job) => {
        await job.updateProgress('half way');
        return 'x'.repeat(70_000);
      });
      const bull = await add({ pages: 1 });
      const job = await rig.ended(LiveJobs.idOf(bull));
      expect(job).toMatchObject({ status: 'completed', result: null, progress: null });
    },
    DEADLINE,
  );
});
