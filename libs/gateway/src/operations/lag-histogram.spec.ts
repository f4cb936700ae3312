import { LAG_BOUNDS, LagHistogram, quantile } from './lag-histogram.js';
import { lagText } from './lag-text.js';

const at = Date.parse('2026-11-21T07:00:10.000Z');
const of = (...lags: readonly number[]) => {
  const histogram = new LagHistogram();
  lags.forEach((lag) => histogram.noteSince(new Date(at - lag).toISOString(), at));
  return histogram;
};

describe('a histogram of lags', () => {
  it('knows how many there were, what they were together and which share was below what', () => {
    const lags = of(3, 3, 3, 40, 5000);
    expect(lags).toMatchObject({ count: 5, sum: 5049, last: 5000 });
    expect(quantile(lags.counts, 0.5)).toBeGreaterThan(2);
    expect(quantile(lags.counts, 0.5)).toBeLessThanOrEqual(5);
    expect(quantile(lags.counts, 0.99)).toBeGreaterThan(4000);
    expect(quantile(lags.counts, 0.99)).toBeLessThanOrEqual(5000);
    expect(quantile(of().counts, 0.5)).toBeNull();
  });

  it('takes what seems to come from the future, or has no time that can be read, for no lag', () => {
    const lags = of(-7000);
    lags.noteSince('some day', at);
    expect(lags).toMatchObject({ count: 2, sum: 0 });
  });

  it('has a bucket for whatever is longer', () => {
    const longest = LAG_BOUNDS.at(-1) ?? 0;
    expect(quantile(of(longest * 4).counts, 0.5)).toBe(longest);
  });

  it('is written as Prometheus reads it: in seconds, each bucket with those below it', () => {
    const lines = lagText('lag_seconds', 'How late.', of(1, 40, 5000, 400_000)).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['# HELP lag_seconds How late.', '# TYPE lag_seconds histogram']));
    expect(lines).toEqual(
      expect.arrayContaining([
        'lag_seconds_bucket{le="0.001"} 1',
        'lag_seconds_bucket{le="0.05"} 2',
        'lag_seconds_bucket{le="5"} 3',
        'lag_seconds_bucket{le="300"} 3',
        'lag_seconds_bucket{le="+Inf"} 4',
        'lag_seconds_sum 405.041',
        'lag_seconds_count 4',
      ]),
    );
  });
});
