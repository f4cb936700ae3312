import { median } from '../rig/median.ts';
import { Random } from '../rig/random.ts';

/** What one round of each cost, one right after the other: what slowed the machine slowed both. */
export interface Pair {
  readonly before: number;
  readonly now: number;
}

/** How many times as much it costs now, and between which two values that lies in 95 of 100 cases. */
export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2000;

/**
 * The median of the ratios now/before, and its 95 % interval: bootstrap percentiles, pairs drawn with replacement.
 *
 * @throws Error when there are no pairs
 */
export function ratioInterval(pairs: readonly Pair[], seed: number): RatioInterval {
  const ratios = pairs.map(({ before, now }) => now / before);
  const random = new Random(seed);
  const draw = () => median(ratios.map((ratio) => ratios[random.below(ratios.length)] ?? ratio));
  const medians = Array.from({ length: RESAMPLES }, draw).sort((one, other) => one - other);
  const quantile = (share: number) => medians[Math.round(share * (RESAMPLES - 1))] ?? NaN;
  return { ratio: median(ratios), low: quantile(0.025), high: quantile(0.975) };
}
