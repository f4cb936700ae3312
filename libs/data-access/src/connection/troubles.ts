import type { ConnectionEnd } from './connection-end';
import { isSilence } from './connection-state';
import { reconnectDelay } from './reconnect-delay';

/** Counts what went wrong in a row, from which follows how long to wait [C7]. */
export class Troubles {
  /** Ends since the last time it was live. */
  attempts = 0;
  private refusedTokens = 0;
  private unheard = 0;

  /** Nothing was heard of the server in three tries in a row: a socket does not get through. */
  get isBlocked(): boolean {
    return this.unheard >= 3;
  }

  add({ remedy, reason }: Pick<ConnectionEnd, 'remedy' | 'reason'>): void {
    this.attempts++;
    this.unheard = isSilence(reason) ? this.unheard + 1 : 0;
    this.refusedTokens = remedy === 'new-token' ? this.refusedTokens + 1 : 0;
  }

  /** The server was heard. */
  heard(): void {
    this.unheard = 0;
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
