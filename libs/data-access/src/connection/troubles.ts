import type { ConnectionEnd } from './connection-end';
import { reconnectDelay } from './reconnect-delay';

/** Counts what went wrong in a row, from which follows how long to wait [C7]. */
export class Troubles {
  /** Ends since the last time it was live. */
  attempts = 0;
  private refusedTokens = 0;

  add({ remedy }: Pick<ConnectionEnd, 'remedy'>): void {
    this.attempts++;
    this.refusedTokens = remedy === 'new-token' ? this.refusedTokens + 1 : 0;
  }

  /** It is live: everything begins anew. */
  forget(): void {
    this.attempts = 0;
    this.refusedTokens = 0;
  }

  /** Milliseconds to wait after such an end: a first refused token is replaced at once, however often the network failed before. */
  delayAfter(end: Pick<ConnectionEnd, 'remedy' | 'retryAfterMs'>): number {
    return reconnectDelay(end, this.refusedTokens || this.attempts);
  }
}
