import * as fc from 'fast-check';
import { reconnectDelay } from './reconnect-delay';

const LONGEST = [500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000, 5_000, 5_000, 10_000, 20_000];

describe('reconnectDelay', () => {
  it('[C7] doubles up to 5 s for half a minute, then up to 30 s, with jitter, never sooner than the server asked for', () => {
    const cases = fc.record({
      failures: fc.integer({ min: 1, max: 1000 }),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
      retryAfterMs: fc.nat(60_000),
    });
    fc.assert(
      fc.property(cases, ({ failures, random, retryAfterMs }) => {
        const delay = reconnectDelay({ remedy: 'retry', retryAfterMs }, failures, random);
        const longest = LONGEST[failures - 1] ?? 30_000;
        expect(delay).toBeGreaterThanOrEqual(Math.max(retryAfterMs, longest / 2));
        expect(delay).toBeLessThanOrEqual(Math.max(retryAfterMs, longest));
      }),
    );
  });

  it('[C7] asks for another token at once, and backs off when that is refused too', () => {
    expect(reconnectDelay({ remedy: 'new-token', retryAfterMs: 0 }, 1)).toBe(0);
    expect(reconnectDelay({ remedy: 'new-token', retryAfterMs: 0 }, 2, 0)).toBe(500);
  });
});
