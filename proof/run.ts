import { parseArgs } from 'node:util';
import { hasRedis } from '../test-processes/redis-server.ts';
import type { Figures, Proof, ProofOptions } from './proof.ts';
import { PROOFS } from './proofs.ts';
import { tableOf, type Verdict } from './table.ts';

// npm run proof -- G4 G13 [--seed N] [--seconds N], or all: prints one JSON line a promise and a table, ends with 1 when one broke.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    seconds: { type: 'string', default: '60' },
  },
});

const options: ProofOptions = { seed: Number(values.seed), seconds: Number(values.seconds) };
const verdicts: Verdict[] = [];
for (const proof of chosen(positionals)) {
  const verdict = await verdictOf(proof);
  verdicts.push(verdict);
  process.stdout.write(`${JSON.stringify(verdict.figures)}\n`);
}
if (verdicts.length > 1) process.stdout.write(tableOf(verdicts));
// what was not tried has not held, where everything is to be tried
const isFailure = ({ outcome }: Verdict) => outcome === 'BROKEN' || (outcome === 'NOT RUN' && process.env['CI'] !== undefined);
// the verdict is said: whatever is still open belongs to what was broken
process.exit(verdicts.some(isFailure) ? 1 : 0);

function chosen(names: readonly string[]): readonly Proof[] {
  if (names.length === 1 && names[0] === 'all') return PROOFS;
  const unknown = names.filter((name) => !PROOFS.some(({ id }) => id === name));
  if (names.length > 0 && unknown.length === 0) return PROOFS.filter(({ id }) => names.includes(id));
  const known = PROOFS.map(({ id }) => id).join(', ');
  throw new Error(`Name promises, or all. Not known: ${unknown.join(', ') || '(none named)'}. Known: ${known}. G16 runs with "npm test".`);
}

async function verdictOf({ id, promises, needsRedis, prove }: Proof): Promise<Verdict> {
  if (needsRedis && !hasRedis()) {
    const why = 'There is no redis-server on the PATH.';
    return { id, promises, outcome: 'NOT RUN', figures: { promise: id, notRun: why } };
  }
  try {
    const figures: Figures = await prove(options);
    return { id, promises, outcome: figures.broken ? 'BROKEN' : 'held', figures };
  } catch (error) {
    // the others are to be heard too
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { id, promises, outcome: 'BROKEN', figures: { promise: id, ...options, error: why } };
  }
}
