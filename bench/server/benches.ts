import type { Bench } from '../bench.ts';

/** The benches of the server wing, in the order of the table. */
export const SERVER_BENCHES: readonly Bench[] = [];
