import type { ExpiryFigures } from './g07-expiry.ts';
import { shortRun } from './rig/short-run.ts';

it('[G7] sessions are over within 2 s of the end of their tokens, and whoever renews one in time loses nothing', () => {
  const figures = shortRun<ExpiryFigures>('G7', 1);
  expect(figures).toMatchObject({ closedEarly: 0, admittedAfterExpiry: 0, eventsLostOnRefresh: 0, pagesThatReconnected: 0, faults: [] });
  expect(figures.refreshes).toBeGreaterThan(5);
  expect(figures.pageTokens).toBeGreaterThan(10);
  expect(figures.events).toBeGreaterThan(100);
}, 120_000);
