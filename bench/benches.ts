import type { Bench } from './bench.ts';
import { SERVER_BENCHES } from './server/benches.ts';

/** Every bench there is, in the order of the table. */
export const BENCHES: readonly Bench[] = [...SERVER_BENCHES];
