import { itWithRedis } from '../test-processes/with-redis.ts';
import type { PresenceFigures } from './g17-presence.ts';
import { shortRun } from './rig/short-run.ts';

itWithRedis(
  '[G17] whoever goes is gone on every node, also when a node is killed, and no wire carries a name that is not for it',
  () => {
    const figures = shortRun<PresenceFigures>('G17', 8);
    expect(figures).toMatchObject({ leaks: 0, ghosts: 0, missing: 0, wrongViews: 0 });
    expect(figures.kills).toBeGreaterThan(0);
    expect(figures.frames).toBeGreaterThan(50);
    expect(figures.checks).toBeGreaterThan(50);
  },
  120_000,
);
