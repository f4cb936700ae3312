import { Troubles } from './troubles';

const unreachable = { reason: 'unreachable', remedy: 'retry', retryAfterMs: 0 } as const;
const expired = { reason: 'token-expired', remedy: 'new-token', retryAfterMs: 0 } as const;

describe('Troubles', () => {
  it('[C7] replaces a token that expired while offline at once, and backs off when the next is refused too', () => {
    const troubles = new Troubles();
    const delayAfter = (end: typeof unreachable | typeof expired) => {
      troubles.add(end);
      return troubles.delayAfter(end);
    };
    while (troubles.attempts < 10) delayAfter(unreachable);
    expect(delayAfter(unreachable)).toBeGreaterThanOrEqual(10_000);
    expect(delayAfter(expired)).toBe(0);
    expect(delayAfter(expired)).toBeGreaterThanOrEqual(500);
    expect(delayAfter(expired)).toBeGreaterThanOrEqual(1_000);
    expect(delayAfter(unreachable)).toBeGreaterThanOrEqual(15_000);
    expect(delayAfter(expired)).toBe(0);
  });

  it('[C7] begins anew once it was live', () => {
    const troubles = new Troubles();
    troubles.add(expired);
    troubles.add(expired);
    troubles.forget();
    troubles.add(expired);
    expect([troubles.attempts, troubles.delayAfter(expired)]).toEqual([1, 0]);
  });

  function aWay() {
    const troubles = new Troubles();
    const told: boolean[] = [];
    troubles.blocked.subscribe((isBlocked) => told.push(isBlocked));
    const after = (...ends: Parameters<Troubles['add']>[0][]) => {
      ends.forEach((end) => troubles.add(end));
      return told.at(-1);
    };
    return { troubles, told, after };
  }

  it('[C7] is blocked when the server was not heard twice in a row', () => {
    const { troubles, told, after } = aWay();
    expect(after(unreachable)).toBe(false);
    expect(after({ reason: 'timeout', remedy: 'retry' })).toBe(true);
    expect(after(expired)).toBe(false);
    expect(after(unreachable, unreachable, unreachable)).toBe(true);
    troubles.heard();
    expect(told).toEqual([false, true, false, true, false]);
  });

  it('[C7] is not blocked by a connection that was cut off once it was made', () => {
    const { troubles, after } = aWay();
    troubles.heard();
    expect(after({ reason: 'cut-off', remedy: 'retry' }, unreachable)).toBe(false);
    expect(after(unreachable)).toBe(true);
  });

  it('[C7] is blocked when one try takes long, also when that fails in the end', () => {
    const { troubles, told, after } = aWay();
    troubles.waited();
    after({ reason: 'timeout', remedy: 'retry' });
    expect(told).toEqual([false, true]);
  });
});
