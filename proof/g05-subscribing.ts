import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CalledProgram } from '../test-processes/called-program.ts';
import { freePort } from '../test-processes/free-port.ts';
import { RedisServer } from '../test-processes/redis-server.ts';
import type { SubscribingOutcome, SubscribingTask } from './g05/subscribing.program.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { SECRET } from './rig/token.ts';

/** What the campaign prints. */
export interface SubscribingFigures extends Figures, SubscribingOutcome {
  readonly promise: 'G5';
  readonly seed: number;
}

/** [G5] Subscribing at two nodes at any moment around an end that a third process writes shows that end. */
export async function proveSubscribing({ seed, seconds }: ProofOptions): Promise<SubscribingFigures> {
  const started = Date.now();
  const redis = await RedisServer.start();
  const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g05-'));
  const gateways: GatewayProcess[] = [];
  const program = await CalledProgram.start(new URL('./g05/subscribing.program.ts', import.meta.url));
  try {
    const env = { REDIS_URL: redis.url, JWT_SECRET: SECRET, DEMO_AUTH: 'false' };
    for (let node = 0; node < 2; node++) gateways.push(await GatewayProcess.start({ dataDir, port: await freePort(), env }));
    const task: SubscribingTask = { urls: gateways.map(({ url }) => url), redisUrl: redis.url, seed, seconds };
    const outcome = await program.call<SubscribingOutcome>('subscribe', task);
    const { heardBy, missed } = outcome;
    const isAround = Math.min(heardBy.answer, heardBy.event) > 0;
    return { promise: 'G5', seed, ...outcome, seconds: Math.round((Date.now() - started) / 1000), broken: missed > 0 || !isAround };
  } finally {
    await program.stop();
    await Promise.all(gateways.map((gateway) => gateway.kill()));
    await redis.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
}
