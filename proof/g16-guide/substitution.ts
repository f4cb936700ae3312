import type { GuideBlock } from './guide.ts';

/** What may be put in place of the guide's words, and nothing else [G16]. */
export type SubstitutionKind = 'imports' | 'token' | 'port' | 'module' | 'missing types' | 'manager for reconnect';

/** Lines of a document, and the lines that stand for them here. */
export interface Replacement {
  readonly kind: string;
  /** Whole lines without their indentation; empty where lines are added. */
  readonly guide: string;
  /** Whole lines. */
  readonly here: string;
  /** Where lines are added: before the block, unless it says `'after'`. */
  readonly where?: 'after';
}

/** One row of the table of the guide. */
export interface Substitution extends Replacement {
  readonly kind: SubstitutionKind;
}

/** A block of the guide as a file that runs. */
export interface GuideFile<Row extends Replacement = Substitution> {
  readonly path: string;
  /** Begins the heading under which the block stands. */
  readonly heading: string;
  readonly rows: readonly Row[];
}

/** A file that the guide imports from and does not show. */
export interface MissingFile {
  readonly path: string;
  readonly lines: string;
}

/** The table: every line that is replaced, added or supplied, block by block. */
export function substitutionTable(files: readonly GuideFile<Replacement>[], missing: readonly MissingFile[]): string {
  const marked = (mark: string, lines: string) => (lines === '' ? [] : lines.split('\n').map((line) => `    ${mark} ${line.trim()}`));
  const row = ({ kind, guide, here }: Replacement) => [`  ${kind}`, ...marked('-', guide), ...marked('+', here)];
  const changed = files.flatMap(({ heading, path, rows }) => [
    `${heading} → ${path}${rows.length === 0 ? ': as it is' : ''}`,
    ...rows.flatMap(row),
  ]);
  const supplied = missing.flatMap(({ path, lines }) => [`(not shown in the guide) → ${path}`, ...marked('+', lines)]);
  return [...changed, ...supplied, ''].join('\n');
}

const trimmed = (lines: string) => lines.split('\n').map((line) => line.trim());

/** The block with its rows applied. A row for lines that the block does not have is an error. */
export function substituted(block: GuideBlock, rows: readonly Replacement[]): string {
  const stale = rows.filter(({ guide }) => guide !== '' && !block.lines.some((_, at) => beginsWith(block.lines.slice(at), guide)));
  if (stale.length > 0) throw new Error(`No such line under "${block.heading}": ${stale.map(({ guide }) => guide).join(' / ')}`);
  const added = (where: Replacement['where']) => rows.filter((row) => row.guide === '' && row.where === where).map(({ here }) => here);
  return [...added(undefined), ...replaced(block.lines, rows), ...added('after')].join('\n');
}

function replaced([line, ...rest]: readonly string[], rows: readonly Replacement[]): string[] {
  if (line === undefined) return [];
  const row = rows.find(({ guide }) => beginsWith([line, ...rest], guide));
  return row ? [row.here, ...replaced(rest.slice(row.guide.split('\n').length - 1), rows)] : [line, ...replaced(rest, rows)];
}

const beginsWith = (lines: readonly string[], guide: string): boolean =>
  guide !== '' && guide.split('\n').every((line, at) => line === lines[at]?.trim());

/** Every line in which a file that runs differs from its block, whatever put it there, and no row of the table names. */
export function differencesOutside(rows: readonly Replacement[], block: GuideBlock, file: string): string[] {
  const { removed, added } = lineDifference(
    block.lines.map((line) => line.trim()),
    trimmed(file.trimEnd()),
  );
  const inGuide = new Set(rows.flatMap(({ guide }) => trimmed(guide)));
  const here = new Set(rows.flatMap((row) => trimmed(row.here)));
  return [
    ...removed.filter((line) => !inGuide.has(line)).map((line) => `- ${line}`),
    ...added.filter((line) => !here.has(line)).map((line) => `+ ${line}`),
  ];
}

/** By the longest common subsequence of lines. */
function lineDifference(before: readonly string[], after: readonly string[]) {
  const common = before.map(() => after.map(() => 0));
  const at = (row: number, column: number) => common[row]?.[column] ?? 0;
  for (let row = before.length - 1; row >= 0; row--)
    for (let column = after.length - 1; column >= 0; column--) {
      const line = common[row];
      const isSame = before[row] === after[column];
      if (line) line[column] = isSame ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  const removed: string[] = [];
  const added: string[] = [];
  for (let row = 0, column = 0; row < before.length || column < after.length;) {
    const [old, now] = [before[row], after[column]];
    if (old !== undefined && old === now) [row, column] = [row + 1, column + 1];
    else if (old === undefined || (now !== undefined && at(row, column + 1) > at(row + 1, column)))
      [, column] = [added.push(now ?? ''), column + 1];
    else [, row] = [removed.push(old), row + 1];
  }
  return { removed, added };
}
