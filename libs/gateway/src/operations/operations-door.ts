import type { Door } from '../gateway.module.js';
import { RepairCounts } from '../jobs/repair-counts.js';
import { Watchers } from '../jobs/watchers.js';
import { GatewayCounts } from './gateway-counts.js';
import { GatewayMetrics } from './gateway-metrics.js';
import { GatewayOperations } from './gateway-operations.js';
import { NodeFigures } from './node-figures.js';
import { NodeQuestions } from './node-questions.js';
import { RecentFigures } from './recent-figures.js';

/** What is known of the gateway itself: on a node that serves no sockets, too, which then has none. */
export const operations: Door = {
  providers: [Watchers, RepairCounts, GatewayCounts, RecentFigures, NodeFigures, NodeQuestions, GatewayOperations, GatewayMetrics],
  exports: [RepairCounts, GatewayOperations, GatewayMetrics],
};
