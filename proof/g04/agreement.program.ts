// first: it compiles what Angular's packages leave to the one who links them
import '@angular/compiler';
import * as fc from 'fast-check';
import { answerCalls } from '../rig/calls.ts';
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

/** Sequences that share their stores. */
const ROUND = 100;

answerCalls({ agree });

async function agree({ seed, seconds, redisUrl, shrinks }: AgreementTask): Promise<AgreementOutcome> {
  const deadline = Date.now() + seconds * 1000;
  const agreement = await Agreement.open(redisUrl);
  const property = fc.asyncProperty(sequences, (sequence) => agreement.follow(sequence));
  try {
    for (let round = 0; Date.now() < deadline; round++) {
      await agreement.beginAnew();
      const left = Math.max(1, deadline - Date.now());
      const bounds = { numRuns: ROUND, interruptAfterTimeLimit: left, endOnFailure: !shrinks };
      const run = await fc.check(property, { seed: seed + round, ...bounds });
      if (run.counterexample) return { ...agreement.compared, divergence: (await fc.asyncDefaultReportMessage(run)) ?? '' };
    }
    return { ...agreement.compared, divergence: null };
  } finally {
    await agreement.close();
  }
}
