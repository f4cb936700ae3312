/**
 * How often something may happen: `burst` times at once, and `perSecond` times in the long run. What is taken beyond it is
 * owed, so that whoever does not listen gets ever further from being listened to.
 *
 * It is asked in the middle of one message after the other and must answer at once, with no promise and no timer.
 */
export class Allowance {
  private left: number;
  private at = performance.now();

  constructor(
    private readonly perSecond: number,
    private readonly burst: number,
  ) {
    this.left = burst;
  }

  /** Takes one. Answers 0 when it was there, else how many milliseconds it takes until there is one. */
  take(): number {
    const now = performance.now();
    this.left = Math.min(this.burst, this.left + ((now - this.at) / 1000) * this.perSecond) - 1;
    this.at = now;
    return this.left >= 0 ? 0 : Math.ceil(((1 - this.left) / this.perSecond) * 1000);
  }

  /** How much has been taken beyond what was allowed. */
  get owed(): number {
    return Math.max(0, -this.left);
  }
}
