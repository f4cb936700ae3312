import type { BenchResult, MeasuredFigure, Results } from './results.ts';

/** The table that README quotes: a row for each figure with a bound, its peers beside it. */
export function tableOf({ date, commit, node, machine, full, seed, benches }: Results): string {
  const rows = benches.flatMap((bench) =>
    Object.values(bench.figures).flatMap((figure) => (figure.isMet === null ? [] : rowOf(figure, bench))),
  );
  return [
    '| figure | reach | reached | beside it |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    `Medians of one ${full ? 'full' : 'short'} run, ${date}: ${machine}, Node ${node}, commit ${commit}, seed ${seed}.`,
    '',
  ].join('\n');
}

/** A value as people read it: three digits that count, thousands apart. */
export function written({ value, unit }: Pick<MeasuredFigure, 'value' | 'unit'>): string {
  if (value === null) return 'not measured';
  const digits = Math.abs(value) >= 100 ? 0 : 2;
  return `${value.toLocaleString('en-US', { maximumFractionDigits: digits, maximumSignificantDigits: digits ? 3 : undefined })} ${unit}`.trim();
}

/** A bound as people read it. */
export function boundOf({ atLeast, atMost, unit }: MeasuredFigure): string {
  const bounds = [
    atLeast === undefined ? '' : `≥ ${written({ value: atLeast, unit })}`,
    atMost === undefined ? '' : `≤ ${written({ value: atMost, unit })}`,
  ];
  return bounds.filter((bound) => bound !== '').join(', ');
}

function rowOf(figure: MeasuredFigure, { figures, error }: BenchResult): string {
  const reached = `${written(figure)}${figure.isMet ? '' : error ? ' (failed)' : ' (missed)'}`;
  const beside = (figure.beside ?? []).flatMap((name) => figures[name] ?? []).map((other) => `${other.what} ${written(other)}`);
  return `| ${[figure.what, boundOf(figure), reached, beside.join(', ') || '–'].join(' | ')} |`;
}
