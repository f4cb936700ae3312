import { BehaviorSubject, distinctUntilChanged, map, type Observable } from 'rxjs';
import type { ConnectionEnd } from './connection-end';
import { isSilence } from './connection-state';
import { reconnectDelay } from './reconnect-delay';

/** So many tries in a row in which nothing was heard: a socket does not get through. */
const BLOCKED_AFTER = 2;

/** Counts what went wrong in a row, from which follows how long to wait [C7]. */
export class Troubles {
  /** Ends since the last time it was live. */
  attempts = 0;
  private refusedTokens = 0;
  private isHeard = false;
  private readonly unheard = new BehaviorSubject(0);

  /** Whether a socket does not get through. */
  readonly blocked: Observable<boolean> = this.unheard.pipe(
    map((unheard) => unheard >= BLOCKED_AFTER),
    distinctUntilChanged(),
  );

  /** A try has ended, or a connection; one that was heard is no sign that none gets through. */
  add({ remedy, reason }: Pick<ConnectionEnd, 'remedy' | 'reason'>): void {
    this.attempts++;
    this.unheard.next(isSilence(reason) && !this.isHeard ? this.unheard.value + 1 : 0);
    this.isHeard = false;
    this.refusedTokens = remedy === 'new-token' ? this.refusedTokens + 1 : 0;
  }

  /** The server was heard. */
  heard(): void {
    this.isHeard = true;
    this.unheard.next(0);
  }

  /** A try takes long: as good as several that failed. */
  waited(): void {
    this.unheard.next(Math.max(BLOCKED_AFTER, this.unheard.value));
  }

  /** Whether a socket gets through is found out anew. */
  unblock(): void {
    this.isHeard = false;
    this.unheard.next(0);
  }

  /** It is live, or nobody is signed in: everything begins anew. */
  forget(): void {
    this.attempts = 0;
    this.refusedTokens = 0;
    this.unheard.next(0);
  }

  /** Milliseconds to wait after such an end: a first refused token is replaced at once, however often the network failed before. */
  delayAfter(end: Pick<ConnectionEnd, 'remedy' | 'retryAfterMs'>): number {
    return reconnectDelay(end, this.refusedTokens || this.attempts);
  }
}
