import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Watcher } from '../jobs/watcher.js';
import { hasEnded } from './admission.js';

/** How often it is looked who is due: so late at most is told and closed. */
const LOOK_MS = 250;
/** So long before its end a session is told of it, where it lasts twice as long at least. */
const AHEAD_MS = 60_000;
/** Nobody is told again with less than this left. */
const LEAST_LEFT_MS = 5000;

interface Ending {
  readonly watcher: Watcher;
  readonly warnAt: number;
}

/**
 * One clock for the sessions of all sockets [S6, G7]: it says `session:expiring` ahead of an end, and closes what has ended. It
 * compares times, and keeps no timer for a session: Node would let one of more than 2^31 ms go off at once, and one that was
 * set before the machine slept would be late.
 */
@Injectable()
export class SessionClock implements BeforeApplicationShutdown {
  private readonly endings = new Map<string, Ending>();
  private nextAt = Infinity;
  private ticking: NodeJS.Timeout | null = null;

  /** To be told of every socket, and again when its session was renewed. */
  follow(watcher: Watcher): void {
    const { expiresAt } = watcher.session;
    this.forget(watcher);
    if (!expiresAt || !watcher.isConnected) return;
    const left = expiresAt.getTime() - Date.now();
    this.expect(watcher, expiresAt.getTime() - Math.min(AHEAD_MS, left / 2));
  }

  /** To be told of every socket that closed. */
  forget({ id }: Pick<Watcher, 'id'>): void {
    this.endings.delete(id);
    if (this.endings.size === 0) this.stop();
  }

  beforeApplicationShutdown(): void {
    this.stop();
  }

  private expect(watcher: Watcher, warnAt: number): void {
    this.endings.set(watcher.id, { watcher, warnAt });
    this.nextAt = Math.min(this.nextAt, dueAt(watcher, warnAt));
    this.ticking ??= setInterval(() => this.tick(), LOOK_MS).unref();
  }

  private tick(): void {
    const now = Date.now();
    if (now < this.nextAt) return;
    this.nextAt = Infinity;
    for (const { watcher, warnAt } of [...this.endings.values()]) {
      if (now < dueAt(watcher, warnAt)) this.nextAt = Math.min(this.nextAt, dueAt(watcher, warnAt));
      else if (hasEnded(watcher.session, now)) this.end(watcher);
      else this.warn(watcher, now);
    }
  }

  private warn(watcher: Watcher, now: number): void {
    const { expiresAt } = watcher.session;
    if (!expiresAt) return;
    watcher.sayExpiring(expiresAt);
    const left = expiresAt.getTime() - now;
    this.expect(watcher, left / 2 < LEAST_LEFT_MS ? Infinity : now + left / 2);
  }

  private end(watcher: Watcher): void {
    this.forget(watcher);
    void watcher.close('token-expired');
  }

  private stop(): void {
    if (this.ticking) clearInterval(this.ticking);
    this.ticking = null;
    this.nextAt = Infinity;
  }
}

/** An end that is no moment is due at once. */
const dueAt = ({ session }: Watcher, warnAt: number): number => Math.min(warnAt, session.expiresAt?.getTime() ?? Infinity) || 0;
