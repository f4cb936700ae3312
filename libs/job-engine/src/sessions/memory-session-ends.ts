import type { SessionEnd, SessionEnds, SessionEndsReading } from './session-ends.js';

/** Beside a job store of the application's own that keeps none: known to this process, for as long as it runs. */
export class MemorySessionEnds implements SessionEnds {
  private readonly ends = new Map<number, SessionEnd>();
  private last = 0;

  async add(end: SessionEnd): Promise<void> {
    for (const [id, { until }] of this.ends) if (until < end.at) this.ends.delete(id);
    this.ends.set(++this.last, end);
  }

  async since(cursor: number): Promise<SessionEndsReading> {
    return { cursor: this.last, ends: [...this.ends].flatMap(([id, end]) => (id > cursor ? [end] : [])) };
  }
}
