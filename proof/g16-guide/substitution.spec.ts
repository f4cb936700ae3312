import { differencesOutside, substituted, type Substitution } from './substitution.ts';

const block = { heading: 'Example', language: 'typescript', lines: ['const a = 1;', '  connect(3333);', 'done();'] };
const rows: readonly Substitution[] = [
  { kind: 'imports', guide: '', here: "import { connect } from './connect';" },
  { kind: 'port', guide: 'connect(3333);', here: 'connect(0);' },
  { kind: 'module', guide: '', here: 'export { a };', where: 'after' },
];
const file = substituted(block, rows);

describe('[G16] the harness', () => {
  it('applies the rows of the table', () => {
    expect(file).toBe("import { connect } from './connect';\nconst a = 1;\nconnect(0);\ndone();\nexport { a };");
    expect(differencesOutside(rows, block, file)).toEqual([]);
  });

  it.each([
    ['a line that was added', `${file}\nsneak();`, ['+ sneak();']],
    ['a line that was changed', file.replace('a = 1', 'a = 2'), ['- const a = 1;', '+ const a = 2;']],
    ['a line that was dropped', file.replace('done();\n', ''), ['- done();']],
  ])('finds %s without a row', (_, tampered, found) => {
    expect(differencesOutside(rows, block, tampered).sort()).toEqual(found.sort());
  });

  it('finds a difference whose row was taken out of the table', () => {
    expect(differencesOutside(rows.slice(0, 1), block, file)).toEqual(['- connect(3333);', '+ connect(0);', '+ export { a };']);
  });

  it('refuses a row for a line that the guide does not have', () => {
    expect(() => substituted(block, [{ kind: 'port', guide: 'connect(4444);', here: 'connect(0);' }])).toThrow(
      'No such line under "Example"',
    );
  });
});
