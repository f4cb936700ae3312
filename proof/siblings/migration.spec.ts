import { substitutionTable } from '../g16-guide/substitution.ts';
import { isTest, migrationTable } from './migration-table.ts';
import { SETUP } from './setup.ts';
import { SIMPLE } from './simple.ts';
import type { Sibling } from './substitution.ts';
import { SUMMARY } from './summary.ts';
import { UPDATES } from './updates.ts';

const siblings: readonly (readonly [string, Sibling])[] = [SETUP, SUMMARY, SIMPLE, UPDATES].map((sibling) => [
  // one title ends in a picture
  sibling.document.title.replace(/[^\x20-\x7e]+$/, '').trim(),
  sibling,
]);

describe.each(siblings)('docs/migration.md on “%s”', (title, { document, files, missing, notOurs }) => {
  const rows = migrationTable(title);
  const there = rows.map((row) => row.there).join('\n');

  afterAll(() => {
    process.stdout.write(`\n${title}\n${substitutionTable(files, missing)}`);
  });

  it('has whole rows, each with a spec', () => {
    expect(rows.length).toBeGreaterThan(10);
    expect(rows.filter(({ here, why, citations }) => here === '' || why === '' || citations.length === 0)).toEqual([]);
  });

  it.each(rows.map((row) => [row.there, row] as const))('shows what becomes of %s by a spec that runs', (_, { citations }) => {
    expect(citations.filter((citation) => !isTest(citation))).toEqual([]);
  });

  it('leaves out no name of the document', () => {
    const escaped = (name: string) => name.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    // a whole name, or the end of an address
    const isThere = (name: string) => new RegExp(`(?:(?<![\\w:-])|(?=/))${escaped(name)}(?![\\w:-])`).test(there);
    expect(document.names.filter((name) => !isThere(name) && !notOurs.includes(name))).toEqual([]);
    expect(notOurs.filter((name) => !document.names.includes(name))).toEqual([]);
  });

  it('has a row for every line that its snippets have otherwise', () => {
    const replaced = files.flatMap(({ rows: lines }) => lines.flatMap(({ kind, row = '' }) => (kind === 'table' ? [row] : [])));
    expect(replaced.filter((name) => name === '' || !there.includes(name))).toEqual([]);
    expect(replaced.length).toBeGreaterThan(1);
  });
});

describe('a citation', () => {
  const file = 'proof/siblings/migration.spec.ts';

  it.each([
    ['of a test', 'leaves out no name of the document', true],
    ['of a test of a table', 'shows what becomes of %s by a spec that runs', true],
    ['of a test that is not there', 'leaves out a name of the document', false],
    ['of no test', 'a citation', false],
  ])('%s is told from others', (_, title, expected) => {
    expect(isTest({ file, title })).toBe(expected);
  });
});
