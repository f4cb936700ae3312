import { itWithRedis } from '../test-processes/with-redis.ts';
import type { OutagesFigures } from './g13-outages.ts';
import { shortRun } from './rig/short-run.ts';

itWithRedis(
  '[G13] a gateway stays up while Redis is away in any of eleven ways, says so, and recovers unaided',
  () => {
    const figures = shortRun<OutagesFigures>('G13', 1);
    expect(figures).toMatchObject({ unanswered: 0, exits: 0, unhandledRejections: 0, faults: [] });
    expect(Object.keys(figures.outages)).toHaveLength(11);
    expect(figures.asked).toBeGreaterThan(200);
  },
  240_000,
);
