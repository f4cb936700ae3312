import type { Bench } from './bench.ts';
import { browserRate } from './browser/browser-rate.ts';
import { STORE_BENCHES } from './store/store-benches.ts';
import { REDIS_BENCHES } from './redis/benches.ts';
import { SERVER_BENCHES } from './server/benches.ts';

/** Every bench there is, in the order of the table. */
export const BENCHES: readonly Bench[] = [...STORE_BENCHES, browserRate, ...SERVER_BENCHES, ...REDIS_BENCHES];
