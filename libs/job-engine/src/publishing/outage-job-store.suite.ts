import { RefusalError, type JobHistoryEntry } from '@harmonia/contract';
import { EventEmitter, once } from 'node:events';
import type { ChangeOutcome, JobChange } from '../store/job-change.js';
import type { JobEventBatch } from '../store/job-event.js';
import type { JobFilter, JobScope, JobStore } from '../store/job-store.js';
import { SqliteJobStore } from '../store/sqlite-job-store.js';

/** The real store, in memory, which can be out of reach or slow to commit, and remembers what it was handed. */
export class OutageJobStore implements JobStore {
  readonly batches: (readonly JobChange[])[] = [];
  inner = SqliteJobStore.open({ directory: ':memory:' });
  private readonly gate = new EventEmitter();
  private held = false;
  private failure: Error | undefined;

  /** When something is refused next. */
  async refusal(): Promise<void> {
    await once(this.gate, 'refused');
  }

  /** When a batch is handed over next. */
  async handed(): Promise<void> {
    await once(this.gate, 'handed');
  }

  /** Batches wait from now on. */
  hold(): void {
    this.held = true;
  }

  release(): void {
    this.held = false;
    this.gate.emit('open');
  }

  /** Nothing can be committed or read from now on. */
  fail(failure: Error = new RefusalError('unavailable')): void {
    this.failure = failure;
  }

  recover(): void {
    this.failure = undefined;
  }

  /** All is lost, and with it the epoch [R7]. */
  async forget(): Promise<void> {
    const { inner } = this;
    this.inner = SqliteJobStore.open({ directory: ':memory:' });
    await inner.close();
  }

  async apply(changes: readonly JobChange[]): Promise<readonly ChangeOutcome[]> {
    this.batches.push(changes);
    this.gate.emit('handed');
    if (this.held) await once(this.gate, 'open');
    this.refuse();
    return this.inner.apply(changes);
  }

  async read(ids: readonly string[]) {
    this.refuse();
    return this.inner.read(ids);
  }

  list(filter: JobFilter) {
    return this.inner.list(filter);
  }

  history(id: string): Promise<readonly JobHistoryEntry[]> {
    return this.inner.history(id);
  }

  since(position: string | null, scope: JobScope, limit: number) {
    return this.inner.since(position, scope, limit);
  }

  follow(position: string | null, listener: (batch: JobEventBatch) => void) {
    return this.inner.follow(position, listener);
  }

  async overdue(bounds: { readonly heartbeatBefore: number; readonly endedBefore: number }) {
    this.refuse();
    return this.inner.overdue(bounds);
  }

  close(): Promise<void> {
    return this.inner.close();
  }

  private refuse(): void {
    if (!this.failure) return;
    this.gate.emit('refused');
    throw this.failure;
  }
}
