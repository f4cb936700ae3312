import { Lag } from './lag';
import { sparklinePath } from './sparkline-path';

const points = (...values: readonly [number, number | null][]) => values.map(([seconds, value]) => ({ at: seconds * 1000, value }));

describe('sparklinePath', () => {
  it.each([
    ['nothing', points(), ''],
    ['a dot for one point', points([100, 5]), 'M100 0h0'],
    ['a line up to the highest', points([95, 0], [100, 4]), 'M95 30h0L100 0'],
    ['a figure that stays at 0 at the bottom', points([98, 0], [100, 0]), 'M98 30h0L100 30'],
    ['a gap where nobody looked', points([50, 1], [95, 1], [100, 1]), 'M50 0h0M95 0h0L100 0'],
    ['a gap where there was none', points([96, 2], [98, null], [100, 1]), 'M96 0h0M100 15h0'],
  ])('draws %s', (_, given, path) => {
    expect(sparklinePath(given, 100_000)).toBe(path);
  });
});

describe('lag', () => {
  it.each([
    [null, '–'],
    [0.4, '0 ms'],
    [999, '999 ms'],
    [5_120, '5.1 s'],
  ])('reads %s as %s', (milliseconds, text) => {
    expect(new Lag().transform(milliseconds)).toBe(text);
  });
});
