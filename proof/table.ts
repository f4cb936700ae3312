/** What became of one promise. */
export interface Verdict {
  readonly id: string;
  readonly promises: string;
  readonly outcome: 'held' | 'BROKEN' | 'NOT RUN';
  readonly figures: object;
}

const NOT_FIGURES = new Set(['promise', 'broken']);

/** All promises in a Markdown table, with every figure. */
export function tableOf(verdicts: readonly Verdict[]): string {
  const rows = verdicts.map(({ id, promises, outcome, figures }) => `| ${id} | ${promises} | ${outcome} | ${figuresIn(figures)} |`);
  return ['', '| promise | says | outcome | figures |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}

const figuresIn = (figures: object): string =>
  Object.entries(figures)
    .filter(([name]) => !NOT_FIGURES.has(name))
    .map(([name, value]) => `${inWords(name)}: ${inCell(value)}`)
    .join('; ');

/** `newAttempts` is read as "new attempts". */
const inWords = (name: string): string => name.replace(/(?<=[a-z])([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);

function inCell(value: unknown): string {
  if (Array.isArray(value)) return value.map(inCell).join(', ') || 'none';
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, part]) => `${name} ${inCell(part)}`)
      .join(', ');
  return String(value).replaceAll('|', '\\|').replaceAll('\n', ' ');
}
