import * as fc from 'fast-check';
import { RequestPace, requestPaces } from './request-pace';

/** What a gateway takes of one socket by default. */
const AT_ONCE = 40;
const PER_SECOND = 20;

/** Whether a gateway would have refused one of the requests that came at these times. */
function meetsLimit(times: readonly number[]): boolean {
  let left = AT_ONCE;
  let at = 0;
  for (const time of [...times].sort((one, other) => one - other)) {
    left = Math.min(AT_ONCE, left + ((time - at) * PER_SECOND) / 1000) - 1;
    at = time;
    if (left < 0) return true;
  }
  return false;
}

describe('RequestPace', () => {
  it('[L1] lets some go at once, and the others one after the other', () => {
    const pace = new RequestPace(3, 10);
    expect([0, 0, 0, 0, 0].map((now) => pace.take(now))).toEqual([0, 0, 0, 100, 200]);
    expect(pace.take(10_000)).toBe(0);
  });

  it('[L1] never meets the limit of a gateway, whatever a page does', () => {
    const asked = fc.array(fc.record({ afterMs: fc.oneof(fc.constant(0), fc.nat(200)), isSync: fc.boolean() }), { maxLength: 400 });
    fc.assert(
      fc.property(asked, (requests) => {
        const paces = requestPaces();
        let now = 0;
        const times = requests.map(({ afterMs, isSync }) => {
          now += afterMs;
          return now + (isSync ? paces.sync : paces.other).take(now);
        });
        expect(meetsLimit(times)).toBe(false);
      }),
    );
  });

  it('[L1] is needed: without it, a page that mounts 200 views one by one is refused', () => {
    expect(meetsLimit(Array.from({ length: 200 }, (_, view) => view * 16))).toBe(true);
  });
});
