import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const read = (path: string): string => readFileSync(join(__dirname, '..', path), 'utf8');
const text = read('docs/troubleshooting.md');

/** What stands in this cell of each row of the tables of a chapter. */
function told(chapter: string, cell = 0): readonly string[] {
  const [, after = ''] = text.split(`\n## ${chapter}\n`);
  const rows = (after.split('\n## ')[0] ?? '').split('\n').filter((line) => /^\| (?![-]|code|badge)/.test(line));
  return rows.map((row) => (row.split('|')[cell + 1] ?? '').replaceAll('`', '').trim());
}

/** All that a pattern finds in a source, each once. */
const found = (path: string, pattern: RegExp): readonly string[] => [
  ...new Set([...read(path).matchAll(pattern)].map(([, name = '']) => name)),
];

describe('docs/troubleshooting.md', () => {
  it('tells of every phase of the connection by the word of its badge', () => {
    const [badge = ''] = read('libs/ui/src/connection-badge.ts').split('as const');
    const words = [...badge.matchAll(/^ {2}'?([\w-]+)'?: '(.+)',$/gm)].map(([, phase, word]) => [word, phase]);
    const chapter = 'What the page says of its connection';
    const phases = told(chapter, 1);
    expect(words).toHaveLength(8);
    expect(
      told(chapter)
        .slice(0, words.length)
        .map((word, index) => [word, phases[index]]),
    ).toEqual(words);
  });

  it('tells of every trouble with Redis', () => {
    const troubles = found('libs/job-engine/src/store/redis-problem.ts', /^ {2}'(redis-[a-z-]+)':/gm);
    expect(troubles.length).toBeGreaterThan(5);
    expect(told('Redis')).toEqual(troubles);
  });

  it('tells of every code with which the server does not start', () => {
    const ports = found('apps/jobs-gateway/src/port.ts', /`([a-z-]+): /g);
    const directories = found('libs/job-engine/src/store/data-directory-error.ts', /'(data-dir-[a-z-]+)'/g);
    expect(ports.length).toBeGreaterThan(2);
    expect(told('The server does not start').toSorted()).toEqual([...ports, ...directories].toSorted());
  });

  it('tells of every code that the engine itself gives to a failed job', () => {
    const outcomes = found('libs/job-engine/src/runner/handler-outcome.ts', /failed\('([a-z-]+)'/g);
    expect(outcomes.length).toBeGreaterThan(2);
    expect(told('A job does not go on, or failed')).toEqual(expect.arrayContaining([...outcomes, 'worker-lost', 'file-missing']));
  });
});
