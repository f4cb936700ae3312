const SHORTEST_MS = 2_000;
const LONGEST_MS = 15_000;
/** In a hidden page nobody looks. */
const HIDDEN_FACTOR = 4;

/** How long to wait for the next poll [C7]: 2 s while jobs are active, doubling up to 15 s while none is or it fails. */
export class PollRhythm {
  /** How often in a row it has failed. */
  failures = 0;
  private calm = 0;

  /** Milliseconds to wait after an answer. */
  afterAnswer(isActive: boolean, isHidden: boolean): number {
    this.failures = 0;
    this.calm = isActive ? 0 : this.calm + 1;
    return this.wait(isHidden);
  }

  /** Milliseconds to wait after a failure, never less than the server asked for. */
  afterFailure(retryAfterMs: number, isHidden: boolean): number {
    this.failures++;
    this.calm++;
    return Math.max(retryAfterMs, this.wait(isHidden));
  }

  private wait(isHidden: boolean): number {
    return Math.min(LONGEST_MS, SHORTEST_MS * 2 ** this.calm) * (isHidden ? HIDDEN_FACTOR : 1);
  }
}
