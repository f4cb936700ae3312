import type { CampaignFigures } from './g01/campaign.ts';
import { MUTANTS } from './g01/mutants.ts';
import { isBroken, runCampaign } from './g01-views.ts';
import type { Figures, ProofOptions } from './proof.ts';

/** Which mutants were found, and by what. */
export interface MutantFigures extends Figures {
  readonly promise: 'mutants';
  readonly seed: number;
  /** By name: what was wrong, and after how many seconds. */
  readonly caught: Readonly<Record<string, string>>;
  readonly missed: readonly string[];
}

/** The harness itself is proved: it has to find each product that lacks one of the things that keep views right. */
export async function proveMutants({ seed, seconds }: ProofOptions): Promise<MutantFigures> {
  const started = Date.now();
  const caught: Record<string, string> = {};
  const missed: string[] = [];
  for (const [name, { mutation, nodeFaults }] of Object.entries(MUTANTS)) {
    const begun = Date.now();
    const options = { side: 'harmonia' as const, seed, seconds, stopsWhenBroken: true, ...(nodeFaults && { nodeFaults }) };
    const figures = await runCampaign(options, [mutation]);
    if (isBroken(figures)) caught[name] = `${complaint(figures)}, after ${Math.round((Date.now() - begun) / 1000)} s`;
    else missed.push(name);
  }
  return { promise: 'mutants', broken: missed.length > 0, seconds: Math.round((Date.now() - started) / 1000), seed, caught, missed };
}

function complaint({ verdict, undoneEnds, endsToldTwice, strandedClients }: CampaignFigures): string {
  const { mismatches, lostTerminals } = verdict;
  const wrong = Object.entries({ mismatches, lostTerminals, undoneEnds, endsToldTwice, strandedClients });
  return wrong
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
}
