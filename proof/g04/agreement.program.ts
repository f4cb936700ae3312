// first: it compiles what Angular's packages leave to the one who links them
import '@angular/compiler';
import * as fc from 'fast-check';
import { answerCalls } from '../../test-processes/calls.ts';
import { Agreement, type Compared } from './agreement.ts';
import { sequences } from './generated-changes.ts';

/** How much of it, from which seed, and with which Redis. */
export interface AgreementTask {
  readonly seed: number;
  readonly seconds: number;
  readonly redisUrl: string;
  /** Whether a divergence is made as small as can be before it is told. */
  readonly shrinks: boolean;
}

/** What came of it; `divergence` is null, or the smallest sequence found and what differed. */
export interface AgreementOutcome extends Compared {
  readonly divergence: string | null;
}

const ROUND = 100;
/** So long a divergence may be made smaller. */
const SHRINK_MS = 20_000;

answerCalls({ agree });

async function agree({ seed, seconds, redisUrl, shrinks }: AgreementTask): Promise<AgreementOutcome> {
  const deadline = Date.now() + seconds * 1000;
  const agreement = await Agreement.open(redisUrl);
  const property = fc.asyncProperty(sequences, (sequence) => agreement.follow(sequence));
  try {
    for (let round = 0; Date.now() < deadline; round++) {
      const run = await fc.check(property, {
        seed: seed + round,
        numRuns: ROUND,
        endOnFailure: !shrinks,
        interruptAfterTimeLimit: SHRINK_MS,
      });
      if (run.failed) return { ...agreement.compared, divergence: `${String(run.errorInstance)}\n${JSON.stringify(run.counterexample)}` };
    }
    return { ...agreement.compared, divergence: null };
  } finally {
    await agreement.close();
  }
}
