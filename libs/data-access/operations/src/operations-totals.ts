import type { NodeStats } from '@harmonia/contract';
import type { GatewayFigures } from './operations-state';

/** All nodes together. */
export interface OperationsTotals {
  readonly connected: number;
  readonly users: number;
  readonly eventsInPerSecond: number;
  readonly eventsOutPerSecond: number;
  /** Of the node that is worst off, since there is no honest sum; null when none told anything lately. */
  readonly deliveryLagMs: { readonly p50: number; readonly p99: number } | null;
  readonly slowConsumers: number;
  readonly repairs: number;
  /** Since each node began; those that come most often first. */
  readonly refusals: readonly { readonly code: string; readonly count: number }[];
}

/** Some totals as they were. */
export interface OperationsSample extends Pick<OperationsTotals, 'connected' | 'eventsInPerSecond' | 'eventsOutPerSecond'> {
  /** When it was heard, in milliseconds since 1970 of this machine. */
  readonly at: number;
  readonly deliveryLagP99Ms: number | null;
}

/** Samples older than these milliseconds are not kept. */
export const SAMPLES_FOR_MS = 300_000;

/** Adds up what the nodes say. */
export function totalsOf({ connected, users, nodes }: GatewayFigures): OperationsTotals {
  const sum = (of: (node: NodeStats) => number) => nodes.reduce((total, node) => total + of(node), 0);
  return {
    connected,
    users,
    eventsInPerSecond: sum(({ rates }) => rates.eventsInPerSecond),
    eventsOutPerSecond: sum(({ rates }) => rates.eventsOutPerSecond),
    deliveryLagMs: worstLag(nodes),
    slowConsumers: sum(({ slowConsumers }) => slowConsumers),
    repairs: sum(({ repairs }) => repairs),
    refusals: refusalsOf(nodes),
  };
}

/** The samples with one more, without those that are too old by then. */
export function sampled(samples: readonly OperationsSample[], totals: OperationsTotals, at: number): readonly OperationsSample[] {
  const { connected, eventsInPerSecond, eventsOutPerSecond, deliveryLagMs } = totals;
  const sample = { at, connected, eventsInPerSecond, eventsOutPerSecond, deliveryLagP99Ms: deliveryLagMs?.p99 ?? null };
  return [...samples.filter((one) => one.at > at - SAMPLES_FOR_MS), sample];
}

function worstLag(nodes: readonly NodeStats[]): OperationsTotals['deliveryLagMs'] {
  const lags = nodes.flatMap(({ deliveryLagMs }) => deliveryLagMs ?? []);
  if (lags.length === 0) return null;
  return { p50: Math.max(...lags.map(({ p50 }) => p50)), p99: Math.max(...lags.map(({ p99 }) => p99)) };
}

function refusalsOf(nodes: readonly NodeStats[]): OperationsTotals['refusals'] {
  const counts = new Map<string, number>();
  for (const { refusals } of nodes) for (const [code, count] of Object.entries(refusals)) counts.set(code, (counts.get(code) ?? 0) + count);
  return [...counts]
    .map(([code, count]) => ({ code, count }))
    .sort((one, other) => other.count - one.count || (one.code < other.code ? -1 : 1));
}
