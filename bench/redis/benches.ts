import type { Bench } from '../bench.ts';
import { redisCommits } from './commits.ts';
import { crossNode } from './cross-node.ts';

/** The benches of many nodes, in the order of the table. */
export const REDIS_BENCHES: readonly Bench[] = [redisCommits, crossNode];
