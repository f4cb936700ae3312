import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { runAgainst } from './against/against.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { BENCHES } from './benches.ts';
import { quotedIn } from './quote.ts';
import { circumstances, isMet, measured, type BenchResult, type Results } from './results.ts';
import { boundOf, tableOf, written } from './table.ts';

// npm run bench [-- <name> …] [--full] [--seed N] [--list]: ends with 1 when a bound is missed. Without names it runs all
// benches, and writes results.json, results.md and README's table.
// npm run bench -- --against <commit> [<name> …] [--rounds N] [--seed N]: what Harmonia alone costs now and cost then.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    list: { type: 'boolean', default: false },
    against: { type: 'string' },
    rounds: { type: 'string', default: '10' },
  },
});

const say = (line: string) => process.stdout.write(`${line}\n`);

function chosen(names: readonly string[]): readonly Bench[] {
  const unknown = names.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0)
    throw new Error(`No such bench: ${unknown.join(', ')}. There are: ${BENCHES.map(({ name }) => name).join(', ')}.`);
  return names.length === 0 ? BENCHES : BENCHES.filter(({ name }) => names.includes(name));
}

function report(result: BenchResult): void {
  if (result.error) say(`  ${result.error}`);
  for (const figure of Object.values(result.figures)) {
    const verdict = figure.isMet === null ? '' : `, ${boundOf(figure)}: ${figure.isMet ? 'met' : 'MISSED'}`;
    say(`  ${figure.what}: ${written(figure)}${verdict}`);
  }
}

async function runInTurn(benches: readonly Bench[], options: BenchOptions): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const bench of benches) {
    say(`── ${bench.name}: ${bench.measures}`);
    const result = await measured(bench, options);
    report(result);
    say(`  ${result.seconds} s`);
    results.push(result);
  }
  return results;
}

async function keep(results: Results): Promise<void> {
  const table = tableOf(results);
  const readme = await readFile(place('../README.md'), 'utf8');
  await writeFormatted('results.json', JSON.stringify(results));
  await writeFormatted('results.md', table);
  await writeFormatted('../README.md', quotedIn(readme, table));
}

async function writeFormatted(file: string, text: string): Promise<void> {
  const path = place(file);
  await writeFile(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
}

const place = (file: string) => fileURLToPath(new URL(file, import.meta.url));

if (values.list) {
  for (const { name, measures } of BENCHES) say(`${name}: ${measures}`);
} else if (values.against) {
  const benches = positionals.length > 0 ? chosen(positionals) : BENCHES.filter(({ costs }) => costs);
  const { against: ref, rounds, seed } = values;
  process.exitCode = (await runAgainst(benches, { ref, rounds: Number(rounds), seed: Number(seed), say })) ? 0 : 1;
} else {
  const options: BenchOptions = { full: values.full, seed: Number(values.seed) };
  const benches = await runInTurn(chosen(positionals), options);
  if (positionals.length === 0) await keep({ ...circumstances(options), benches });
  else say(JSON.stringify({ ...circumstances(options), benches }));
  process.exitCode = benches.every(isMet) ? 0 : 1;
}
