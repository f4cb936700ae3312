import { setTimeout as pause } from 'node:timers/promises';

/** The least time and the most that a refusal is put off to, ms: within it lie reading a job and asking a policy. */
const LEAST_MS = 2;
const MOST_MS = 100;
/** So many of the latest refusals say how long they take, but for one in so many that took longest. */
const REMEMBERED = 64;
const OUTLIER_IN = 16;

/**
 * Refuses at a pace that says nothing of the work before it [S4]: a job that is there has to be parsed, and the policy asked; one
 * that is not takes less. Every refusal is put off to a moment that was chosen without regard to how long its own work took,
 * later than almost all of the latest refusals took.
 */
export class EvenPace {
  private readonly latest: number[] = [];
  private next = 0;

  /**
   * Resolves when it is time to refuse.
   *
   * @param startedAt when the work began, as `performance.now()` says
   */
  async hold(startedAt: number): Promise<void> {
    this.latest[this.next++ % REMEMBERED] = performance.now() - startedAt;
    const usual = this.latest.toSorted((a, b) => b - a)[Math.floor(this.latest.length / OUTLIER_IN)] ?? 0;
    const slowest = Math.min(Math.max(LEAST_MS, usual), MOST_MS);
    // timers count whole milliseconds: spread over some of them, what they cut off says nothing either
    const until = startedAt + slowest + (1 + Math.random()) * Math.max(LEAST_MS, slowest / 2);
    const left = until - performance.now();
    if (left > 0) await pause(left);
  }
}
