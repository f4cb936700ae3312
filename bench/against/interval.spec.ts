import { Random } from '../rig/random';
import { ratioInterval, type Pair } from './interval';

/** Nearly normal around 0, with deviation 1. */
const noise = (random: Random) => Array.from({ length: 12 }, () => random.next()).reduce((sum, part) => sum + part, -6);

/** Pairs whose true ratio is known; the machine is up to three times as slow in one pair as in another. */
function pairsOf(count: number, { ratio, deviation }: { ratio: number; deviation: number }, seed: number): readonly Pair[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => {
    const machine = 1 + 2 * random.next();
    const [before, now] = [1 + deviation * noise(random), ratio * (1 + deviation * noise(random))];
    return { before: machine * before, now: machine * now };
  });
}

describe('the interval of a median ratio', () => {
  it('holds the true ratio in about 95 of 100 cases', () => {
    const intervals = Array.from({ length: 60 }, (_, seed) => ratioInterval(pairsOf(10, { ratio: 1.05, deviation: 0.05 }, seed), seed));
    const right = intervals.filter(({ low, high }) => low <= 1.05 && 1.05 <= high).length;
    expect(right).toBeGreaterThanOrEqual(54);
    expect(right).toBeLessThan(60);
  });

  it('is as narrow as the rounds are alike, however the machine slows both', () => {
    const { ratio, low, high } = ratioInterval(pairsOf(10, { ratio: 1.2, deviation: 0 }, 1), 1);
    for (const value of [ratio, low, high]) expect(value).toBeCloseTo(1.2, 10);
  });

  it('narrows with more rounds, and tells a fifth more from nothing', () => {
    const widthOf = (count: number) => {
      const { low, high } = ratioInterval(pairsOf(count, { ratio: 1.2, deviation: 0.05 }, 3), 3);
      expect(low).toBeGreaterThan(1.05);
      return high - low;
    };
    expect(widthOf(100)).toBeLessThan(widthOf(10) / 2);
  });

  it('is not moved far by a round that went wrong', () => {
    const pairs = pairsOf(10, { ratio: 1, deviation: 0.01 }, 5);
    const { high } = ratioInterval([...pairs.slice(1), { before: 1, now: 50 }], 5);
    expect(high).toBeLessThan(1.05);
  });

  it('is the same for the same seed, and none of nothing', () => {
    const pairs = pairsOf(10, { ratio: 1, deviation: 0.1 }, 7);
    expect(ratioInterval(pairs, 7)).toEqual(ratioInterval(pairs, 7));
    expect(() => ratioInterval([], 7)).toThrow('no median of nothing');
  });
});
