import { CalledProgram } from '../test-processes/called-program.ts';
import type { Mutation } from '../test-processes/program.ts';
import { RedisServer } from '../test-processes/redis-server.ts';
import type { AgreementOutcome, AgreementTask } from './g04/agreement.program.ts';
import { MUTANTS } from './g04/mutants.ts';
import type { Figures, ProofOptions } from './proof.ts';

const PROGRAM = new URL('./g04/agreement.program.ts', import.meta.url);
const MUTANT_SECONDS = 20;

/** What the campaign prints. */
export interface AgreementFigures extends Figures, Omit<AgreementOutcome, 'divergence'> {
  readonly promise: 'G4';
  readonly seed: number;
  readonly divergences: number;
  /** The smallest sequence found and what differed. */
  readonly divergence?: string;
  /** Each of these was found by the same campaign. */
  readonly mutantsCaught: readonly string[];
  readonly mutantsMissed: readonly string[];
}

/** [G4] The client's reducer, the store in SQLite and the store in Redis agree on every sequence of changes. */
export async function proveAgreement({ seed, seconds }: ProofOptions): Promise<AgreementFigures> {
  const started = Date.now();
  const redis = await RedisServer.start();
  try {
    const { divergence, ...compared } = await agree({ seed, seconds, redisUrl: redis.url, shrinks: true });
    const caught = new Array<string>();
    const missed = new Array<string>();
    for (const [name, mutation] of Object.entries(MUTANTS)) {
      const outcome = await agree({ seed, seconds: MUTANT_SECONDS, redisUrl: redis.url, shrinks: false }, mutation);
      (outcome.divergence === null ? missed : caught).push(name);
    }
    return {
      promise: 'G4',
      seed,
      ...compared,
      divergences: divergence === null ? 0 : 1,
      ...(divergence !== null && { divergence }),
      mutantsCaught: caught,
      mutantsMissed: missed,
      seconds: Math.round((Date.now() - started) / 1000),
      broken: divergence !== null || missed.length > 0,
    };
  } finally {
    await redis.remove();
  }
}

async function agree(task: AgreementTask, mutation?: Mutation): Promise<AgreementOutcome> {
  const program = await CalledProgram.start(PROGRAM, { mutations: mutation ? [mutation] : [] });
  try {
    return await program.call<AgreementOutcome>('agree', task);
  } finally {
    await program.stop();
  }
}
