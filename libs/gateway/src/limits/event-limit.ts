import { RefusalError } from '@harmonia/contract';
import { Allowance } from './allowance.js';
import type { Limits } from './limits.js';

/** Beyond so many bursts a client has heard nothing of what it was told. */
const BURSTS_OWED = 5;
/** Nobody knows when what waits is answered: it depends on how the client reads. */
const A_MOMENT_MS = 1000;

/** How much one socket may ask, and how large each request may be [L1]. */
export class EventLimit {
  private readonly events: Allowance;

  constructor(private readonly limits: Limits) {
    this.events = new Allowance(limits.eventsPerSecond, limits.burst);
  }

  /** Whether it goes on asking as if it had heard nothing. */
  get isFlooded(): boolean {
    return this.events.owed > this.limits.burst * BURSTS_OWED;
  }

  /** Counts a request, beside so many that are still to be answered. @throws RefusalError `rate-limited` or `payload-too-large` */
  admit(verb: string, payload: unknown, unanswered = 0): void {
    const wait = this.events.take();
    if (wait > 0) throw new RefusalError('rate-limited', undefined, wait);
    if (unanswered >= this.limits.burst) throw new RefusalError('rate-limited', undefined, A_MOMENT_MS);
    const most = verb === 'jobs:sync' ? this.limits.syncBytes : this.limits.messageBytes;
    if (!isLarger([verb, payload], most)) return;
    throw new RefusalError('payload-too-large', `This request may have at most ${most.toLocaleString('en')} bytes.`);
  }
}

/** Whether a payload takes more bytes, about as JSON; looked at no longer than until that is known, and however deep it is. */
function isLarger(payload: unknown, most: number): boolean {
  const rest = [payload];
  let bytes = 0;
  while (rest.length > 0 && bytes <= most) {
    const value = rest.pop();
    if (typeof value === 'string') bytes += Buffer.byteLength(value) + 2;
    else if (typeof value !== 'object' || value === null) bytes += 4;
    // what only calls itself so long is counted like anything else
    else if (Buffer.isBuffer(value)) bytes += value.byteLength;
    else
      for (const [key, inside] of Object.entries(value)) {
        bytes += Array.isArray(value) ? 1 : Buffer.byteLength(key) + 4;
        rest.push(inside);
      }
  }
  return bytes > most;
}
