import { itWithRedis } from '../test-processes/with-redis.ts';
import type { ReconnectFigures } from './g15-reconnect.ts';
import { shortRun } from './rig/short-run.ts';

itWithRedis(
  '[G15] pages on a node that dies are live and true on the other within 10 s',
  () => {
    const figures = shortRun<ReconnectFigures>('G15', 10);
    expect(figures).toMatchObject({ clients: 300, reconnected: 300, mismatches: 0 });
    expect(figures.viewsCompared).toBe(1500);
  },
  120_000,
);
