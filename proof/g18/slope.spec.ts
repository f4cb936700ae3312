import { slopeOf } from './slope.ts';

describe('[G18] the slope of what is held', () => {
  it('is that of a line, exactly', () => {
    const { slope, error } = slopeOf([0, 1, 2, 5].map((x) => ({ x, y: 7 + 3 * x })));
    expect(slope).toBeCloseTo(3);
    expect(error).toBeCloseTo(0);
  });

  it('says how far it may be off when the points lie around a line', () => {
    const { slope, error } = slopeOf([0, 1, 2, 3, 4, 5, 6, 7].map((x) => ({ x, y: 3 * x + (x % 2 === 0 ? 4 : -4) })));
    expect(Math.abs(slope - 3)).toBeLessThan(2 * error);
    expect(error).toBeGreaterThan(0.5);
  });

  it.each([[[]], [[1, 2]], [[1, 1, 1]]])('may be anything where nothing is known: %j', (xs) => {
    expect(slopeOf(xs.map((x) => ({ x, y: x })))).toEqual({ slope: 0, error: Infinity });
  });
});
