/** The upper bounds of the buckets, in milliseconds; above the last there is one more. */
export const LAG_BOUNDS: readonly number[] = [
  1, 2, 5, 10, 20, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 1500, 2000, 3000, 4000, 5000, 6000, 7500, 10_000, 15_000, 30_000, 60_000,
  300_000,
];

/**
 * Counts how old something was. It stands on the way of every change, so it only adds to plain numbers. Times of two machines
 * are compared: what seems to come from the future, since their clocks differ, counts as no lag.
 */
export class LagHistogram {
  /** How many fell into each bucket. */
  readonly counts: number[] = Array.from({ length: LAG_BOUNDS.length + 1 }, () => 0);
  /** How many there were. */
  count = 0;
  /** All of them together, ms. */
  sum = 0;
  /** The latest, ms. */
  last = 0;

  /** @param at the time now, ms since 1970; the other time is ISO 8601 */
  noteSince(time: string, at: number): void {
    const passed = at - Date.parse(time);
    const lag = passed > 0 ? passed : 0;
    let bucket = 0;
    while (lag > (LAG_BOUNDS[bucket] ?? Infinity)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.count++;
    this.sum += lag;
    this.last = lag;
  }
}

/**
 * Up to which lag this share of them goes, in ms, as far as buckets can say; null: there were none.
 *
 * @example quantile(lags.counts, 0.99); // 61.5
 */
export function quantile(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  let left = share * total;
  const bucket = counts.findIndex((count) => (left -= count) <= 0);
  const count = counts[bucket] ?? 0;
  const least = LAG_BOUNDS[bucket - 1] ?? 0;
  const most = LAG_BOUNDS[bucket] ?? least;
  return most + (left / count) * (most - least);
}
