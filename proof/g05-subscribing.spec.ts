import { itWithRedis } from '../test-processes/with-redis.ts';
import type { SubscribingFigures } from './g05-subscribing.ts';
import { shortRun } from './rig/short-run.ts';

itWithRedis(
  '[G5] subscribing at two nodes at any moment around an end shows it',
  () => {
    const figures = shortRun<SubscribingFigures>('G5', 6);
    expect(figures.missed).toBe(0);
    for (const trials of Object.values(figures.trials)) expect(trials).toBeGreaterThan(100);
    // around it: some were told by the answer, some by the event
    expect(Math.min(...Object.values(figures.heardBy))).toBeGreaterThan(50);
  },
  120_000,
);
