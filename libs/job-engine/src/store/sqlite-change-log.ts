import { RefusalError } from '@harmonia/contract';
import { randomUUID } from 'node:crypto';
import type { JobEvent, JobEventBatch } from './job-event.js';
import type { JobChangesSince, JobScope } from './job-store.js';
import { changesSince, eventsSince, forgetUntil, snapshotStart } from './sqlite-changes.js';
import type { SqliteDatabase } from './sqlite-database.js';
import { formatPosition, parsePosition, type StorePosition } from './store-position.js';

/** How long removals and revocations are remembered [R13], ms. */
const MEMORY = 24 * 60 * 60_000;
/** How often what is older is forgotten, ms. */
const FORGET_INTERVAL = 60_000;

/** The commits of one epoch as others see them: opaque positions, and what changed since one [S5, R7]. */
export class SqliteChangeLog {
  readonly epoch = randomUUID();

  readonly #database: SqliteDatabase;
  readonly #latest: () => number;
  /** From positions before this one, removals that are forgotten would be missed. */
  #forgotten = 0;
  #forgotAt = 0;

  /** @param latest the position of the latest commit */
  constructor(database: SqliteDatabase, latest: () => number) {
    this.#database = database;
    this.#latest = latest;
  }

  /** Where the log ends now. */
  end(): string {
    return this.#format({ position: this.#latest() });
  }

  /** These events, which are the latest. */
  batch(events: readonly JobEvent[]): JobEventBatch {
    return { epoch: this.epoch, position: this.end(), events };
  }

  since(text: string | null, scope: JobScope, limit: number): JobChangesSince {
    const known = text === null ? null : this.#parse(text);
    const { jobs, removed, next } = changesSince(this.#database, known ?? this.#snapshot(scope), scope, limit);
    const position = next ? this.#format(next) : this.end();
    return { epoch: this.epoch, position, reset: known === null, more: next !== null, jobs, removed };
  }

  /** What a follower that starts at this position has missed; refused with `page-invalid` when that cannot be told. */
  backlog(text: string): readonly JobEventBatch[] {
    const from = this.#parse(text);
    if (!from || from.snapshot) {
      throw new RefusalError('page-invalid', 'This position is not one to follow from: read anew what matters, and follow from now on.');
    }
    const events = eventsSince(this.#database, from.position);
    return events.length > 0 ? [this.batch(events)] : [];
  }

  /** To be called now and then. */
  forget(now: number): void {
    if (now - this.#forgotAt < FORGET_INTERVAL) return;
    this.#forgotAt = now;
    this.#forgotten = Math.max(this.#forgotten, forgetUntil(this.#database, now - MEMORY));
  }

  #snapshot(scope: JobScope): StorePosition {
    return snapshotStart(this.#database, scope, this.#latest());
  }

  #format(position: StorePosition): string {
    return formatPosition(this.epoch, position);
  }

  /** Null when what changed since can no longer be told. */
  #parse(text: string): StorePosition | null {
    const parsed = parsePosition(this.epoch, text);
    const reached = Math.max(parsed?.position ?? 0, parsed?.snapshot?.start ?? 0);
    return reached < this.#forgotten || reached > this.#latest() ? null : parsed;
  }
}
