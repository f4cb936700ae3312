import { itWithRedis } from '../test-processes/with-redis.ts';
import type { LogoutFigures } from './g08-logout.ts';
import { shortRun } from './rig/short-run.ts';

itWithRedis(
  '[G8] ended sessions are gone from every node within 2 s, also from one that was cut off from Redis meanwhile',
  () => {
    const figures = shortRun<LogoutFigures>('G8', 1);
    expect(figures).toMatchObject({ late: 0, wronglyClosed: 0, admittedAfterwards: 0, faults: [] });
    expect(figures.outages).toBeGreaterThan(0);
    expect(figures.sockets).toBeGreaterThan(30);
  },
  120_000,
);
