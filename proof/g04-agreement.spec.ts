import { itWithRedis } from '../test-processes/with-redis.ts';
import type { AgreementFigures } from './g04-agreement.ts';
import { shortRun } from './rig/short-run.ts';

itWithRedis(
  '[G4] the client and both stores agree on every sequence of changes, and the campaign finds each mutant',
  () => {
    const figures = shortRun<AgreementFigures>('G4', 12);
    expect(figures).toMatchObject({ divergences: 0, mutantsMissed: [] });
    expect(figures.sequences).toBeGreaterThan(200);
    expect(figures.mutantsCaught.length).toBeGreaterThanOrEqual(4);
  },
  120_000,
);
