import type { Job } from '@harmonia/contract';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../test-processes/free-port.ts';
import type { OwnProcess } from '../../test-processes/own-process.ts';
import { RedisServer } from '../../test-processes/redis-server.ts';
import { describeWithRedis } from '../../test-processes/with-redis.ts';
import { GatewayClient } from '../rig/gateway-client.ts';
import { GatewayProcess } from '../rig/gateway-process.ts';
import { startWorker } from './worker-process.ts';

jest.setTimeout(60_000);

it('a worker without Redis says what it lacks, and ends with 1', async () => {
  const worker = startWorker({});
  while (worker.alive) await pause(20);
  expect(worker.end).toBe(1);
  expect(worker.complaint).toMatch(/^Harmonia cannot start:\n- REDIS_URL: Set .+\n$/);
});

describeWithRedis('worker processes', () => {
  let redis: RedisServer;
  let dataDir: string;
  let gateway: GatewayProcess;
  let ada: GatewayClient;
  const workers: OwnProcess[] = [];
  const work = () => {
    const worker = startWorker({ REDIS_URL: redis.url, DATA_DIR: dataDir });
    workers.push(worker);
    return worker;
  };
  const until = async (id: string, isSo: (job: Job) => boolean): Promise<Job> => {
    for (;;) {
      const job = await ada.job(id);
      if (job && isSo(job)) return job;
      await pause(20);
    }
  };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'harmonia-workers-'));
    redis = await RedisServer.start({ appendOnly: true });
    gateway = await GatewayProcess.start({ dataDir, port: await freePort(), env: { REDIS_URL: redis.url } });
    ada = await GatewayClient.signIn(gateway.url, 'ada');
  });
  afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.kill())));
  afterAll(async () => {
    await gateway.stop();
    await redis.remove();
    await rm(dataDir, { recursive: true });
  });

  it('run what a gateway takes, which runs nothing itself', async () => {
    const { id } = await ada.upload('file-digest', 'a.txt', new TextEncoder().encode('some words'));
    const other = await ada.create({ jobType: 'simulate', input: { steps: 2, delayMs: 1 } });
    await pause(500);
    expect(await ada.job(id)).toMatchObject({ status: 'queued' });
    work();
    expect(await until(id, ({ status }) => status === 'completed')).toMatchObject({ attempt: 1, result: { bytes: 10, words: 2 } });
    await until(other.id, ({ status }) => status === 'completed');
  });

  it('[R3] hand back on SIGTERM and end with 0 within 10 s; another goes on with the next attempt', async () => {
    const first = work();
    const { id } = await ada.create({ jobType: 'simulate', input: { steps: 100, delayMs: 50 } });
    await until(id, ({ status }) => status === 'processing');
    const began = Date.now();
    await first.stop('SIGTERM');
    expect(first.end).toBe(0);
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(await ada.job(id)).toMatchObject({ status: 'queued', attempt: 2 });
    work();
    await until(id, ({ status }) => status === 'completed');
  });

  it('[G13] begin while Redis is away, go on when it is there, and end within 10 s when it is away again', async () => {
    await redis.kill();
    const worker = work();
    expect(await worker.says('Running up to 2 jobs')).toBe(true);
    await redis.start();
    while (!(await gateway.ready())) await pause(50);
    const { id } = await ada.create({ jobType: 'simulate', input: { steps: 2, delayMs: 1 } });
    await until(id, ({ status }) => status === 'completed');
    await redis.kill();
    const began = Date.now();
    await worker.stop('SIGTERM');
    expect(worker.end).toBe(0);
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(worker.complaint).not.toContain('Unhandled');
    await redis.start();
  });
});
