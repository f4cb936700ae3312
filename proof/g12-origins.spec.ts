import type { OriginFigures } from './g12-origins.ts';
import { shortRun } from './rig/short-run.ts';

it('[G12] lets no page of another origin in, over either transport', () => {
  const figures = shortRun<OriginFigures>('G12', 4);
  expect(figures).toMatchObject({ admitted: 0, leaks: [], friends: 8, friendsAdmitted: 8 });
  expect(figures.cases).toBeGreaterThan(100);
}, 60_000);
