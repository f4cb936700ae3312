/** A figure at a moment, null where there was none. */
export interface Point {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly value: number | null;
}

const WIDTH = 100;
const HEIGHT = 30;
/** Longer than these milliseconds without a point and the line is broken: nobody looked. */
const GAP_MS = 10_000;

/** The line through the points, 100 wide and 30 high: the newest at the right, 0 at the bottom, the highest at the top. */
export function sparklinePath(points: readonly Point[], spanMs: number): string {
  const end = points.at(-1)?.at ?? 0;
  const highest = Math.max(1, ...points.map(({ value }) => value ?? 0));
  let last: number | null = null;
  return points
    .flatMap(({ at, value }) => {
      const isJoined: boolean = last !== null && at - last <= GAP_MS;
      last = value === null ? null : at;
      if (value === null) return [];
      const x = rounded(WIDTH - ((end - at) / spanMs) * WIDTH);
      const y = rounded(HEIGHT - (value / highest) * HEIGHT);
      // A point alone is a line of no length, which round caps make a dot.
      return isJoined ? `L${x} ${y}` : `M${x} ${y}h0`;
    })
    .join('');
}

const rounded = (number: number) => Math.round(number * 10) / 10;
