import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CalledProgram } from '../test-processes/called-program.ts';
import { freePort } from '../test-processes/free-port.ts';
import { bundleProgram, type Mutation } from '../test-processes/program.ts';
import { RedisServer } from '../test-processes/redis-server.ts';
import type { TimingOutcome, TimingTask } from './g02/timing.program.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { SECRET } from './rig/token.ts';

/** What the campaign prints. */
export interface TimingFigures extends Figures, TimingOutcome {
  readonly promise: 'G2-time';
  readonly seed: number;
}

const PAIRS = 10_000;
/** What a proof that is to be short tries. */
const PAIRS_A_SECOND = 100;

/** Above it, the time of a refusal says too much: 52 %, or three deviations of guesses where there are fewer of them. */
const mostOf = (pairs: number): number => 0.5 + Math.max(0.02, (3 * 0.5) / Math.sqrt(pairs));

/** [G2, S4] Whoever is refused a job cannot tell from the time it took whether the job is there: over HTTP, and on a socket. */
export async function proveTiming({ seed, seconds }: ProofOptions, mutations: readonly Mutation[] = []): Promise<TimingFigures> {
  const started = Date.now();
  const redis = await RedisServer.start();
  const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g02-'));
  const node = await bundleProgram(new URL('./g02/node.program.ts', import.meta.url), { mutations });
  const program = await CalledProgram.start(new URL('./g02/timing.program.ts', import.meta.url));
  const env = { REDIS_URL: redis.url, JWT_SECRET: SECRET, DEFAULT_POLICY: 'true' };
  const gateway = await GatewayProcess.start({ dataDir, port: await freePort(), env, program: node });
  try {
    const pairs = seconds < 60 ? seconds * PAIRS_A_SECOND : PAIRS;
    const task: TimingTask = { url: gateway.url, redisUrl: redis.url, seed, pairs };
    const outcome = await program.call<TimingOutcome>('time', task);
    const broken = Math.max(outcome.http, outcome.socket, outcome.sync) > mostOf(pairs) || outcome.different > 0;
    return { promise: 'G2-time', seed, ...outcome, seconds: Math.round((Date.now() - started) / 1000), broken };
  } finally {
    await program.stop();
    await gateway.kill();
    await redis.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
}
