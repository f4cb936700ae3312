import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(__dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** A spec that a document names, and what of it the document quotes. */
interface Citation {
  readonly path: string;
  readonly quoted: string | undefined;
}

const citationsIn = (text: string): readonly Citation[] =>
  [...text.matchAll(/`([\w./-]+\.spec\.ts)`(?: “([^”]+)”)?/g)].map(([, path = '', quoted]) => ({ path, quoted }));

/** The rows of a table below the first header cell of this name. */
function rowsOf(text: string, header: string): readonly string[] {
  const [, after = ''] = text.split(new RegExp(`^\\| ${header} .*\\n[-| ]+\\n`, 'm'));
  const lines = after.split('\n');
  return lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith('|')),
  );
}

describe('SECURITY.md', () => {
  const text = read('SECURITY.md');

  it('cites specs that exist, and have the test that it quotes', () => {
    const citations = citationsIn(text);
    expect(citations.length).toBeGreaterThan(50);
    for (const { path, quoted } of citations) {
      const spec = read(path);
      if (quoted !== undefined) expect([path, quoted, spec.includes(quoted)]).toEqual([path, quoted, true]);
    }
  });

  it.each([
    ['id', 9],
    ['attack', 10],
    ['point', 20],
    ['requirement', 4],
  ])('shows every %s by a spec', (header, least) => {
    const rows = rowsOf(text, header);
    expect(rows.length).toBeGreaterThanOrEqual(least);
    expect(rows.filter((row) => citationsIn(row).length === 0)).toEqual([]);
  });
});

describe('docs/supply-chain.md', () => {
  it('names every dependency that runs, with a reason, and no other', () => {
    const text = read('docs/supply-chain.md');
    const told = [...text.matchAll(/^\| `([@\w./-]+)` +\| +\S/gm)].map(([, name]) => name);
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    expect(told.toSorted()).toEqual(Object.keys(dependencies).toSorted());
    expect(Object.values(dependencies).filter((version) => !/^\d/.test(version))).toEqual([]);
  });

  it('is right about ws and about scripts: one is pinned above its fault, the others are allowed by name', () => {
    const workspace: unknown = parse(read('pnpm-workspace.yaml'));
    expect(workspace).toMatchObject({
      overrides: { ws: expect.stringMatching(/^8\.(2[3-9]|[3-9]\d)\./) },
      allowBuilds: expect.any(Object),
    });
    // every copy of it that is installed
    const versions = [...read('pnpm-lock.yaml').matchAll(/^ {2}ws@(\d+\.\d+)\./gm)].map(([, version]) => version);
    expect(new Set(versions)).toEqual(new Set(['8.23']));
  });
});
