import { LAG_BOUNDS, type LagHistogram } from './lag-histogram.js';

/** A histogram in the text format of Prometheus, in seconds. */
export function lagText(name: string, help: string, { counts, count, sum }: LagHistogram): string {
  let below = 0;
  const buckets = LAG_BOUNDS.map((bound, bucket) => `${name}_bucket{le="${bound / 1000}"} ${(below += counts[bucket] ?? 0)}`);
  const ends = [`${name}_bucket{le="+Inf"} ${count}`, `${name}_sum ${sum / 1000}`, `${name}_count ${count}`];
  return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...buckets, ...ends, ''].join('\n');
}
