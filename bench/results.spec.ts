import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench, BenchOptions } from './bench';
import { quotedIn, quoteOf } from './quote';
import { isMet, measured } from './results';
import { tableOf } from './table';

const options: BenchOptions = { full: false, seed: 1 };
const circumstances = { date: '2026-03-01', commit: 'abc', node: 'v24', machine: '2 × a processor', ...options };

const benchOf = (run: Bench['run']): Bench => ({
  name: 'one',
  measures: 'Something.',
  figures: { ratio: { what: 'ratio', unit: '×', atLeast: 2, beside: ['time'] }, time: { what: 'time', unit: 'µs' } },
  run,
});

describe('results', () => {
  it('are met within the bound, and missed outside or when not measured', async () => {
    const of = (ratio: number) =>
      measured(
        benchOf(() => Promise.resolve({ ratio, time: 1 })),
        options,
      );
    expect([isMet(await of(2)), isMet(await of(1.9)), isMet(await of(NaN))]).toEqual([true, false, false]);
  });

  it('of a bench that throws say why, and are missed', async () => {
    const result = await measured(
      benchOf(() => Promise.reject(new Error('It broke.'))),
      options,
    );
    expect([isMet(result), result.error]).toEqual([false, 'Error: It broke.']);
  });

  it('become a table of what has a bound, with the peers beside it', async () => {
    const result = await measured(
      benchOf(() => Promise.resolve({ ratio: 12345.6, time: 0.7891 })),
      options,
    );
    expect(tableOf({ ...circumstances, benches: [result] })).toContain('| ratio | ≥ 2 × | 12,346 × | time 0.789 µs |');
  });
});

describe('a quote', () => {
  const readme = 'before\n<!-- bench: written by npm run bench -->\nold\n<!-- /bench -->\nafter\n';

  it('takes the place of the last one, and nothing else', () => {
    const quoted = quotedIn(readme, '| new |\n');
    expect(quoteOf(quoted)).toBe('| new |');
    expect([quoted.startsWith('before\n<!--'), quoted.endsWith('-->\nafter\n')]).toEqual([true, true]);
  });

  it('wants its markers', () => {
    expect(() => quotedIn('no markers', '')).toThrow('wants the markers');
  });

  it('in README is of the results that are kept', () => {
    const of = (file: string) => readFileSync(join(__dirname, file), 'utf8');
    expect(quoteOf(of('../README.md'))).toBe(of('results.md').trim());
  });
});
