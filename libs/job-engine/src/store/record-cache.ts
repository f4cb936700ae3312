import type { JobRecord } from './job-change.js';

const MOST_RECORDS = 10_000;
/** The longest input and result that are kept, in characters of JSON each: what is larger is read again. */
const MOST_TEXT = 4096;

interface Kept {
  readonly record: JobRecord;
  readonly revision: string;
  readonly input: string;
  readonly result: string;
}

/**
 * The records that were read or written last: what is so where nobody else writes, and elsewhere what was so at a revision,
 * for the store to compare. Input and result are kept as text, so that every reader gets its own: a handler may well change
 * what it was given.
 */
export class RecordCache {
  readonly #kept = new Map<string, Kept>();

  get(id: string): JobRecord | undefined {
    const kept = this.#kept.get(id);
    if (!kept) return undefined;
    const { record } = kept;
    const { job } = record;
    const body = { tags: [...job.tags], input: read(kept.input), result: read(kept.result) };
    return { ...record, job: { ...job, ...body } };
  }

  /** Which one is kept, where others write too; undefined when none is. */
  revisionOf(id: string): string | undefined {
    return this.#kept.get(id)?.revision;
  }

  /** @param revision what tells this from every other state of the job, where others write too */
  keep(record: JobRecord, revision = ''): void {
    const { job } = record;
    const known = this.#kept.get(job.id);
    this.#kept.delete(job.id);
    // the same version of the body is the same body [R1]
    const { input, result } = known?.record.job.bodyVersion === job.bodyVersion ? known : textsOf(record);
    if (input.length > MOST_TEXT || result.length > MOST_TEXT) return;
    this.#kept.set(job.id, { revision, record: { ...record, job: { ...job, input: null, result: null } }, input, result });
    if (this.#kept.size > MOST_RECORDS) this.#forgetSome();
  }

  /** The oldest, many at once: to find the first entry of a map costs as much as all that was deleted before it. */
  #forgetSome(): void {
    for (const id of this.#kept.keys()) {
      this.#kept.delete(id);
      if (this.#kept.size <= 0.9 * MOST_RECORDS) return;
    }
  }

  forget(id: string): void {
    this.#kept.delete(id);
  }

  /** For when it is not sure what the store holds. */
  clear(): void {
    this.#kept.clear();
  }
}

const read = (text: string): unknown => JSON.parse(text);

function textsOf({ job: { input, result } }: JobRecord): { input: string; result: string } {
  return { input: JSON.stringify(input) ?? 'null', result: JSON.stringify(result) ?? 'null' };
}
