/** One point of a line that is looked for. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line through points by least squares: how steep it is, and how far that may be off, as a standard error. */
export interface Slope {
  readonly slope: number;
  readonly error: number;
}

/** Nothing of fewer than three points, or where all lie above each other: a slope that may be anything. */
export function slopeOf(points: readonly Point[]): Slope {
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const spread = points.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
  if (points.length < 3 || spread === 0) return { slope: 0, error: Infinity };
  const slope = points.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0) / spread;
  const rest = points.reduce((sum, point) => sum + (point.y - y - slope * (point.x - x)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / (points.length - 2) / spread) };
}
