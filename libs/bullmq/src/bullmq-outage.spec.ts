import { RefusalError } from '@harmonia/contract';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Rig } from './testing/rig.fixture.js';
import { WorkerProcess } from './testing/worker-process.fixture.js';

const DEADLINE = 60_000;

describeWithRedis('BullMQ without its Redis [G13]', () => {
  let rig: Rig | undefined;

  afterEach(() => rig?.stop());

  it(
    'starts before it, and works as soon as it is there',
    async () => {
      const there = (rig = await Rig.start(await RedisServer.reserve({ appendOnly: true })));
      const worker = await there.worker();
      await expect(there.create('greet')).rejects.toMatchObject({ code: 'unavailable' });
      await there.redis.start();
      const { id } = await whenAvailable(() => there.create('greet'));
      expect(await there.ended(id)).toMatchObject({ status: 'completed', attempt: 1 });
      await expect(worker.end('SIGTERM')).resolves.toBeNull();
    },
    DEADLINE,
  );

  it(
    'loses nothing when it dies in the middle and comes back',
    async () => {
      const there = (rig = await Rig.start(await RedisServer.start({ appendOnly: true })));
      const worker = await there.worker();
      const file = join(there.directory, 'go-on');
      const running = await there.create('waiting', file);
      await worker.says(`run ${running.id} 1`);
      await there.redis.kill();
      await writeFile(file, '');
      await worker.says(`done ${running.id} 1`);
      await there.redis.start();
      const { id } = await whenAvailable(() => there.create('greet'));
      expect(await there.ended(id)).toMatchObject({ status: 'completed', attempt: 1 });
      expect(await there.ended(running.id)).toMatchObject({ status: 'completed', attempt: 1, result: 1 });
      await expect(worker.end('SIGTERM')).resolves.toBeNull();
      expect(worker.output).not.toMatch(/unhandled/i);
    },
    DEADLINE,
  );

  it(
    'stops while it is away',
    async () => {
      const there = (rig = await Rig.start(await RedisServer.start({ appendOnly: true })));
      const worker = await there.worker();
      const { id } = await there.create('patient', 'always');
      await worker.says(`run ${id} 1`);
      await there.redis.kill();
      const asked = performance.now();
      await worker.end('SIGTERM');
      expect(performance.now() - asked).toBeLessThan(10_000);
      expect(worker.output).not.toMatch(/unhandled/i);
    },
    DEADLINE,
  );

  it(
    'waits for the right password, and names none',
    async () => {
      const redis = await RedisServer.start();
      const there = (rig = await Rig.start(redis));
      redis.command('CONFIG', 'SET', 'requirepass', 'another');
      const url = redis.url.replace('//', '//:opensesame@');
      const worker = await WorkerProcess.start({ url, directory: there.directory, logger: true });
      await worker.complains('BullMQ: WRONGPASS');
      redis.command('-a', 'another', 'CONFIG', 'SET', 'requirepass', 'opensesame');
      const { id } = await whenAvailable(() => there.create('greet'));
      expect(await there.ended(id)).toMatchObject({ status: 'completed', attempt: 1 });
      await worker.end('SIGTERM');
      expect(worker.output).not.toContain('opensesame');
    },
    DEADLINE,
  );

  it(
    'hands over again what BullMQ has forgotten',
    async () => {
      const there = (rig = await Rig.start(await RedisServer.start(), { refillIntervalMs: 200 }));
      const { id } = await there.create('greet');
      await whenAvailable(async () => {
        if (there.redis.command('KEYS', `*${id}@1@*`) === '') throw new RefusalError('unavailable');
      });
      there.redis.command('EVAL', "for _, key in ipairs(redis.call('KEYS', '{harmonia:queue}*')) do redis.call('DEL', key) end", '0');
      await there.worker();
      expect(await there.ended(id)).toMatchObject({ status: 'completed', attempt: 1 });
    },
    DEADLINE,
  );
});

/** Asks until it is not refused because the store is away. */
async function whenAvailable<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof RefusalError) || error.code !== 'unavailable') throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
