import type { InputFigures } from './g09-inputs.ts';
import { shortRun } from './rig/short-run.ts';

it('[G9] answers or ends whatever comes in, and goes on', () => {
  const figures = shortRun<InputFigures>('G9', 2);
  expect(figures).toMatchObject({ crashes: 0, unanswered: 0, unhandled: 0, refusedOfHealthy: 0 });
  expect(figures.inputs).toBeGreaterThan(1000);
  expect(Math.min(...Object.values(figures.byKind))).toBeGreaterThan(0);
}, 120_000);
