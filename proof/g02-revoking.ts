import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CalledProgram } from '../test-processes/called-program.ts';
import { freePort } from '../test-processes/free-port.ts';
import { bundleProgram, type Mutation } from '../test-processes/program.ts';
import { RedisServer } from '../test-processes/redis-server.ts';
import type { RevokingOutcome, RevokingTask } from './g02/revoking.program.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { SECRET } from './rig/token.ts';

/** What the campaign prints. */
export interface RevokingFigures extends Figures, RevokingOutcome {
  readonly promise: 'G2';
  readonly seed: number;
}

/**
 * [G2] Permissions are revoked, jobs get other owners or are removed and made anew while somebody looks at them, in every way
 * that there is, at two nodes: nothing that was written afterwards reaches them, on any wire.
 *
 * @param mutant a product that lacks something; the first leak ends the campaign then
 */
export async function proveRevoking({ seed, seconds }: ProofOptions, mutant?: Mutation): Promise<RevokingFigures> {
  const started = Date.now();
  const redis = await RedisServer.start();
  const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g02-'));
  const gateways: GatewayProcess[] = [];
  const node = await bundleProgram(new URL('./g02/node.program.ts', import.meta.url), { mutations: mutant ? [mutant] : [] });
  const program = await CalledProgram.start(new URL('./g02/revoking.program.ts', import.meta.url));
  try {
    const env = { REDIS_URL: redis.url, JWT_SECRET: SECRET };
    for (let count = 0; count < 2; count++)
      gateways.push(await GatewayProcess.start({ dataDir, port: await freePort(), env, program: node }));
    const task: RevokingTask = {
      urls: gateways.map(({ url }) => url),
      redisUrl: redis.url,
      seed,
      seconds,
      stopsAtLeak: mutant !== undefined,
    };
    const outcome = await program.call<RevokingOutcome>('revoke', task);
    const isAround = Math.min(outcome.seen, outcome.unseen) > 0;
    const broken = outcome.leaks > 0 || !isAround;
    return { promise: 'G2', seed, ...outcome, seconds: Math.round((Date.now() - started) / 1000), broken };
  } finally {
    await program.stop();
    await Promise.all(gateways.map((gateway) => gateway.kill()));
    await redis.remove();
    await rm(dataDir, { recursive: true, force: true });
  }
}
