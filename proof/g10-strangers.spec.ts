import type { StrangerFigures } from './g10-strangers.ts';
import { shortRun } from './rig/short-run.ts';

it('[G10] strangers cost little, are closed in time, and flood nothing', () => {
  const figures = shortRun<StrangerFigures>('G10', 4);
  expect(figures).toMatchObject({ strangers: 300, survivors: 0, pingFlood: { isCutOff: true } });
  expect(figures.lastClosedAfterMs).toBeGreaterThan(500);
}, 60_000);
