import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** A spec as a row cites it. */
export interface Citation {
  /** From the root of the repository. */
  readonly file: string;
  readonly title: string;
}

/** One row of a table of docs/migration.md. */
export interface MigrationRow {
  readonly there: string;
  readonly here: string;
  readonly why: string;
  readonly citations: readonly Citation[];
}

/** The table under a heading that begins like this. */
export function migrationTable(heading: string): readonly MigrationRow[] {
  const [, section = ''] = readFileSync(join(ROOT, 'docs/migration.md'), 'utf8').split(`\n## ${heading}`);
  const [table = ''] = section.split('\n## ');
  return table
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (?:there|-+) /.test(line))
    .map(rowOf);
}

function rowOf(line: string): MigrationRow {
  const [, there = '', here = '', why = '', shownBy = ''] = line.split('|').map((cell) => cell.trim());
  const citations = [...shownBy.matchAll(/`([^`]+\.spec\.ts)`: `([^`]+)`/g)].map(([, file = '', title = '']) => ({ file, title }));
  return { there, here, why, citations };
}

/** Whether the spec is there, as a test that runs: the file has it by this title, and skips nothing. */
export function isTest({ file, title }: Citation): boolean {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const titled = title.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const isThere = new RegExp(`(?:\\b(?:it|itWithRedis|scenario)|\\.each[^;]*?\\))\\(\\s*(['"\`])${titled}\\1,`).test(source);
  return isThere && !/\b(?:it|describe|test)\.(?:skip|only|todo)\b|\bx(?:it|describe)\(/.test(source);
}
