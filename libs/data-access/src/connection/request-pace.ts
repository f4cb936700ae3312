/**
 * When requests may go out, so that a page stays below what a gateway takes of one socket [L1]: some at once, and after
 * that so many a second, in the order in which they were asked for. A gateway that allows less says so, and is obeyed.
 */
export class RequestPace {
  private readonly stepMs: number;
  /** When everything that was asked for so far would have gone out with no two at once. */
  private done = -Infinity;

  constructor(
    private readonly atOnce: number,
    perSecond: number,
  ) {
    this.stepMs = 1000 / perSecond;
  }

  /** Milliseconds until the next request may go out, which is counted as gone. */
  take(now = performance.now()): number {
    const begin = Math.max(this.done, now);
    this.done = begin + this.stepMs;
    return Math.max(0, begin - (this.atOnce - 1) * this.stepMs - now);
  }
}

/** For one socket: syncs, which heal everything, wait for nothing else. Together they are below 40 at once and 20 a second. */
export const requestPaces = () => ({ sync: new RequestPace(10, 10), other: new RequestPace(25, 8) });
