import { HASTY, MUTANTS } from './g02/mutants.ts';
import { proveRevoking } from './g02-revoking.ts';
import { proveTiming } from './g02-timing.ts';
import type { Figures, ProofOptions } from './proof.ts';

/** Which mutants were found, and where they leaked. */
export interface RevokingMutantFigures extends Figures {
  readonly promise: 'G2-mutants';
  readonly seed: number;
  readonly caught: Readonly<Record<string, string>>;
  readonly missed: readonly string[];
}

/** The campaign of G2 itself is proved: it has to find each product that lacks one of the things that keep secrets. */
export async function proveRevokingMutants(options: ProofOptions): Promise<RevokingMutantFigures> {
  const started = Date.now();
  const caught: Record<string, string> = {};
  const missed: string[] = [];
  for (const [name, mutation] of Object.entries(MUTANTS)) {
    const { leaks, leaksBy, races } = await proveRevoking(options, mutation);
    if (leaks > 0) caught[name] = `${Object.keys(leaksBy).join('; ')}, after ${races} races`;
    else missed.push(name);
  }
  const told = await toldApart(options);
  if (told) caught['refuses at once [S4]'] = told;
  else missed.push('refuses at once [S4]');
  const seconds = Math.round((Date.now() - started) / 1000);
  return { promise: 'G2-mutants', broken: missed.length > 0, seconds, seed: options.seed, caught, missed };
}

/** With all pairs, since it is hasty: fewer tell little on a busy machine, which hides some of it, so that it is tried again. */
async function toldApart({ seed }: ProofOptions): Promise<string | null> {
  for (let tries = 0; tries < 3; tries++) {
    const { broken, http, socket } = await proveTiming({ seed: seed + tries, seconds: 60 }, [HASTY]);
    if (broken) return `told apart by time: ${http} over HTTP, ${socket} on a socket`;
  }
  return null;
}
