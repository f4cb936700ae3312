import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { RestartFigures } from './g19-restart.ts';

it('[G19] loses and strands nothing that was accepted, over 20 SIGKILLs', () => {
  const run = spawnSync(process.execPath, [join(__dirname, 'run.ts'), 'G19', '--kills', '20'], { encoding: 'utf8' });
  process.stdout.write(run.stdout);
  expect(run.stderr).toBe('');
  expect(run.status).toBe(0);
  const figures = JSON.parse(run.stdout) as RestartFigures;
  expect(figures).toMatchObject({ missing: 0, stuck: 0, brokenResults: 0, failedOtherwise: 0 });
  expect(Object.values(figures.kills).reduce((sum, count) => sum + count)).toBe(20);
  expect(Math.min(...Object.values(figures.kills))).toBeGreaterThanOrEqual(5);
  expect(Object.keys(figures.accepted)).toHaveLength(4);
}, 300_000);
