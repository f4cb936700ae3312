import type { Job } from '@harmonia/contract';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { Rig } from './testing/rig.fixture.js';
import type { WorkerProcess } from './testing/worker-process.fixture.js';

const DEADLINE = 120_000;
const JOBS = 80;
/** The first two end only after their worker is gone, many of the others throw once. */
const typeOf = (index: number) => (index < 2 ? 'patient' : index % 3 === 0 ? 'flaky' : 'steps');

describeWithRedis('BullMQ while its workers come and go', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await Rig.start(await RedisServer.start(), { attempts: 2, backoff: 10 });
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
      const jobs = await Promise.all(Array.from({ length: JOBS }, (_, index) => rig.create(typeOf(index), 2)));
      const [ended] = await Promise.all([Promise.all(jobs.map(({ id }) => rig.ended(id))), replaceWorkers(jobs)]);
      expect(ended.filter(({ status }) => status === 'completed')).toHaveLength(JOBS);
      for (const { id } of ended) {
        const ends = (await rig.told(id)).filter((change) => /^(completed|failed)/.test(change));
        expect(ends).toHaveLength(1);
      }
      for (const { attempt } of ended.slice(0, 2)) expect(attempt).toBeGreaterThan(1);
    },
    DEADLINE,
  );
});
