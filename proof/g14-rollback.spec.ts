import { itWithRedis } from '../test-processes/with-redis.ts';
import type { RollbacksFigures } from './g14-rollback.ts';
import { shortRun } from './rig/short-run.ts';

itWithRedis(
  '[G14] no view stays on the lost future for more than 5 s after Redis was rolled back',
  () => {
    const figures = shortRun<RollbacksFigures>('G14', 10);
    expect(figures).toMatchObject({ staleViews: 0, example: null });
    expect(Math.min(...Object.values(figures.rollbacks))).toBeGreaterThanOrEqual(1);
  },
  180_000,
);
