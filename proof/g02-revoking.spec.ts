import { itWithRedis } from '../test-processes/with-redis.ts';
import type { RevokingFigures } from './g02-revoking.ts';
import { shortRun } from './rig/short-run.ts';

itWithRedis(
  '[G2, S3, S7] nobody sees what is not theirs, while it is being taken from them, at two nodes',
  () => {
    const figures = shortRun<RevokingFigures>('G2', 3);
    expect(figures.leaksBy).toEqual({});
    expect(figures.races).toBeGreaterThan(200);
    expect(figures.frames).toBeGreaterThan(1000);
    // around the loss: some saw the job before, some did not
    expect(Math.min(figures.seen, figures.unseen)).toBeGreaterThan(20);
  },
  120_000,
);
