import type { Job } from '@harmonia/contract';
import { describeWithRedis, TestRedis } from './testing/redis.fixture.js';
import { Rig } from './testing/rig.fixture.js';
import type { WorkerProcess } from './testing/worker-process.fixture.js';

const DEADLINE = 120_000;
const JOBS = 80;

describeWithRedis('BullMQ while its workers come and go', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await Rig.start(await TestRedis.start(), { attempts: 2, backoff: 10 });
  }, DEADLINE);
  afterAll(() => rig.stop());

  /** Kills the oldest worker, or asks it to stop, whenever so many more jobs have ended; another one takes its place. */
  async function replaceWorkers(jobs: readonly Job[]): Promise<void> {
    const workers: WorkerProcess[] = [await rig.worker(), await rig.worker()];
    for (const [turn, { id }] of [15, 40, 60].flatMap((index) => jobs[index] ?? []).entries()) {
      await rig.ended(id);
      await workers.shift()?.end(turn % 2 ? 'SIGTERM' : 'SIGKILL');
      workers.push(await rig.worker());
    }
  }

  it(
    '[R10] every job ends, and once',
    async () => {
      const jobs = await Promise.all(Array.from({ length: JOBS }, (_, index) => rig.create(index % 3 === 0 ? 'flaky' : 'steps', 2)));
      const [ended] = await Promise.all([Promise.all(jobs.map(({ id }) => rig.ended(id))), replaceWorkers(jobs)]);
      expect(ended.filter(({ status }) => status === 'completed')).toHaveLength(JOBS);
      for (const { id } of ended) {
        const ends = (await rig.told(id)).filter((change) => /^(completed|failed)/.test(change));
        expect(ends).toHaveLength(1);
      }
      expect(ended.some(({ jobType, attempt }) => jobType === 'steps' && attempt > 1)).toBe(true);
    },
    DEADLINE,
  );
});
