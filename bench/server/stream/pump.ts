import type { Change, SeededJobs } from './seeded-jobs.ts';

/** At most this many at once: a follower of a store gets what one commit brought. */
const BATCH = 50;

/**
 * Takes changes from the stream at a steady rate and tells them. When telling takes longer than the rate allows, it goes on
 * as fast as the process can, and lets sockets be served between any two batches.
 */
export class Pump {
  private told = 0;
  private startedAt = 0;
  private timer: NodeJS.Timeout | NodeJS.Immediate | null = null;

  constructor(
    private readonly jobs: SeededJobs,
    private readonly tell: (changes: readonly Change[]) => void,
    private readonly rate: number,
  ) {}

  start(): void {
    this.startedAt = performance.now();
    this.turn();
  }

  stop(): void {
    // each clears nothing of the other's kind
    clearTimeout(this.timer as NodeJS.Timeout);
    clearImmediate(this.timer as NodeJS.Immediate);
    this.timer = null;
  }

  private turn(): void {
    const due = Math.floor(((performance.now() - this.startedAt) * this.rate) / 1000) - this.told;
    const count = Math.min(due, BATCH);
    if (count > 0) this.tell(this.jobs.take(count));
    this.told += Math.max(count, 0);
    this.timer = due > BATCH ? setImmediate(() => this.turn()) : setTimeout(() => this.turn(), 1);
  }
}
