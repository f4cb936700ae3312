import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { itWithRedis } from '../test-processes/with-redis.ts';
import { MUTANTS } from './g01/mutants.ts';
import type { ViewsFigures } from './g01-views.ts';
import { shortRun } from './rig/short-run.ts';

itWithRedis(
  '[G1] shows every watched job as the store has it, whatever breaks between two gateways, Redis and their clients',
  () => {
    const figures = shortRun<ViewsFigures>('G1', 15);
    expect(figures).toMatchObject({ mismatches: 0, lostTerminals: 0, undoneEnds: 0, endsToldTwice: 0, strandedClients: 0 });
    // under whatever load there is: a campaign in which little happened proves little
    expect(figures.faults).toBeGreaterThan(50);
    expect(figures.events).toBeGreaterThan(2000);
    expect(figures.viewsCompared).toBeGreaterThan(2000);
  },
  180_000,
);

it.each(Object.entries(MUTANTS))('[G1] the mutant "%s" fits the product', (_, { mutation: { file, find } }) => {
  expect(readFileSync(join(__dirname, '..', file), 'utf8').split(find)).toHaveLength(2);
});
