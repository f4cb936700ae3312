import type { RestartFigures } from './g19-restart.ts';
import { shortRun } from './rig/short-run.ts';

it('[G19] loses and strands nothing that was accepted, over 20 SIGKILLs', () => {
  const figures = shortRun<RestartFigures>('G19', 60);
  expect(figures).toMatchObject({ missing: 0, stuck: 0, brokenResults: 0, failedOtherwise: 0 });
  expect(Object.values(figures.kills).reduce((sum, count) => sum + count)).toBe(20);
  expect(Math.min(...Object.values(figures.kills))).toBeGreaterThanOrEqual(5);
  expect(Object.keys(figures.accepted)).toHaveLength(4);
}, 300_000);
