import { RecordCache } from './record-cache.js';
import type { KeptJob } from './redis-rows.js';

/** What this node last knew of jobs: upon which it decides, and which Redis then compares with what is so. */
export class RedisMemory {
  readonly #records = new RecordCache();

  get(id: string): KeptJob | undefined {
    const revision = this.#records.revisionOf(id);
    const record = revision === undefined ? undefined : this.#records.get(id);
    return record && revision !== undefined ? { record, revision, tombstone: undefined } : undefined;
  }

  /** What Redis said: nothing of what was thought before is taken over, since that may be of a commit which is not made. */
  learn(id: string, kept: KeptJob): void {
    this.#records.forget(id);
    this.#keep(id, kept);
  }

  /** What is sent, upon what was known by a revision: what is remembered by any other is of a commit that is not made. */
  advance(id: string, from: string, next: Pick<KeptJob, 'record' | 'revision'>): void {
    if (this.#records.revisionOf(id) !== from) this.#records.forget(id);
    this.#keep(id, next);
  }

  /** @param revision forgets no other */
  forget(id: string, revision?: string): void {
    if (revision === undefined || this.#records.revisionOf(id) === revision) this.#records.forget(id);
  }

  clear(): void {
    this.#records.clear();
  }

  #keep(id: string, { record, revision }: Pick<KeptJob, 'record' | 'revision'>): void {
    if (record) this.#records.keep(record, revision);
    else this.#records.forget(id);
  }
}
