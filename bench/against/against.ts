import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Bench, Cost } from '../bench.ts';
import { median } from '../rig/median.ts';
import { checkOut } from './checkout.ts';
import { ratioInterval, type Pair } from './interval.ts';

/** What a cost may grow to: the upper end of the interval of its ratio. */
const AT_MOST = 1.1;

/** What to compare with, and how thoroughly. */
export interface AgainstOptions {
  /** The commit before, as git calls it. */
  readonly ref: string;
  /** Rounds of each side. */
  readonly rounds: number;
  readonly seed: number;
  readonly say: (line: string) => void;
}

/** Runs benches of this checkout and of another commit in turns, and says whether no cost has grown beyond the bound. */
export async function runAgainst(benches: readonly Bench[], options: AgainstOptions): Promise<boolean> {
  const { directory, commit } = checkOut(options.ref);
  // the same file as here, beside other libraries: a bench runs what lies beside it
  const other: { BENCHES: readonly Bench[] } = await import(pathToFileURL(join(directory, 'bench/benches.ts')).href);
  const verdicts: boolean[] = [];
  for (const now of benches) {
    options.say(`── ${now.name}, now against ${commit}, ${options.rounds} rounds each in turns`);
    const before = other.BENCHES.find(({ name }) => name === now.name);
    verdicts.push(...judged(await turns(costsOf(before), costsOf(now), options), options));
  }
  return verdicts.every((isMet) => isMet);
}

type Costs = NonNullable<Bench['costs']>;

interface Turn {
  readonly before: readonly Cost[];
  readonly now: readonly Cost[];
}

function costsOf(bench: Bench | undefined): Costs {
  if (!bench?.costs) throw new Error(`${bench?.name ?? 'A bench'} cannot be compared with another commit: it has no costs.`);
  return bench.costs.bind(bench);
}

/** Who comes first changes: before and now, now and before, … */
async function turns(before: Costs, now: Costs, { rounds, seed, say }: AgainstOptions): Promise<readonly Turn[]> {
  const taken: Turn[] = [];
  for (let round = 0; round < rounds; round++) {
    const first = await (round % 2 === 0 ? before : now)(seed + round);
    const second = await (round % 2 === 0 ? now : before)(seed + round);
    const turn = round % 2 === 0 ? { before: first, now: second } : { before: second, now: first };
    say(
      `  ${round + 1}: ${turn.before.map((cost, index) => `${written(cost.value)} → ${written(turn.now[index]?.value)} ${cost.unit}`).join(', ')}`,
    );
    taken.push(turn);
  }
  return taken;
}

function judged(taken: readonly Turn[], { seed, say }: AgainstOptions): readonly boolean[] {
  return (taken[0]?.now ?? []).map(({ what, unit }, index) => {
    const valueIn = (costs: readonly Cost[]) => costs[index]?.value ?? NaN;
    const pairs: readonly Pair[] = taken.map(({ before, now }) => ({ before: valueIn(before), now: valueIn(now) }));
    const { ratio, low, high } = ratioInterval(pairs, seed);
    const [before, now] = [median(pairs.map((pair) => pair.before)), median(pairs.map((pair) => pair.now))];
    say(`  ${what}: ${written(before)} ${unit} before, ${written(now)} ${unit} now`);
    say(
      `    × ${ratio.toFixed(3)}, 95 % from ${low.toFixed(3)} to ${high.toFixed(3)}, at most ${AT_MOST}: ${high <= AT_MOST ? 'met' : 'MISSED'}`,
    );
    return high <= AT_MOST;
  });
}

const written = (value = NaN): string => value.toPrecision(3);
