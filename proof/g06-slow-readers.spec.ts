import type { SlowReaderFigures } from './g06-slow-readers.ts';
import { shortRun } from './rig/short-run.ts';

it('[G6] clients that stop reading cost little, and are told the newest when they read again', () => {
  const figures = shortRun<SlowReaderFigures>('G6', 4);
  expect(figures).toMatchObject({ slow: 80, caughtUp: 100, jobs: 100 });
  expect(figures.reports).toBeGreaterThan(20);
}, 120_000);
