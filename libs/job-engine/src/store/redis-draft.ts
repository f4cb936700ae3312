import type { ChangeOutcome, JobChange, JobRecord, Tombstone } from './job-change.js';
import { decide, type AcceptedDecision, type Decision } from './job-decision.js';
import type { JobEvent } from './job-event.js';
import type { KeptJob } from './redis-rows.js';
import { historyText } from './redis-rows.js';
import { stepText } from './redis-steps.js';

/** A line of a job's history that is to be written [R9]. */
export interface HistoryLine {
  readonly text: string;
  readonly isProgress: boolean;
}

/** Who is to remember that a job is gone, or that it is no longer. `place` counts from the position before the commit. */
export type Grave = { readonly version: number; readonly moved: boolean; readonly place: number } | null;

/** What a batch makes of one job, all its changes taken together. */
export interface JobDraft {
  readonly id: string;
  readonly kept: KeptJob;
  record: JobRecord | undefined;
  tombstone: Tombstone | undefined;
  /** Where it was created in this batch; null when it was not. */
  createdAt: number | null;
  /** Where it changed last; null when it did not, or was only heard of. */
  changedAt: number | null;
  readonly history: HistoryLine[];
  /** By owner. */
  readonly graves: Map<string, Grave>;
}

/** Whether anything of a job is to be written; what was only heard of it counts. */
export const isChanged = ({ record, kept, changedAt }: JobDraft): boolean => record !== kept.record || changedAt !== null;

/** What came of a job when that is one step of progress and nothing else; undefined for anything else. */
export function stepOf({ kept, record, createdAt, history }: JobDraft): string | undefined {
  const [line, ...more] = history;
  const isNext = record && createdAt === null && record.job.version - 1 === kept.record?.job.version;
  return isNext && line?.isProgress && more.length === 0 ? line.text : undefined;
}

/** The id of the job that a change is about. */
export function jobIdOf(change: JobChange): string | undefined {
  if (change.kind === 'created') return change.job.id;
  return change.kind === 'revoked' ? undefined : change.id;
}

/** Decides a batch in order upon what is known, and gathers what is to be written if that is still so. */
export class RedisDraft {
  readonly jobs = new Map<string, JobDraft>();
  readonly events: JobEvent[] = [];

  readonly #kept: ReadonlyMap<string, KeptJob>;
  readonly #now: number;

  constructor(kept: ReadonlyMap<string, KeptJob>, now: number) {
    this.#kept = kept;
    this.#now = now;
  }

  decide(change: JobChange, epoch: string): ChangeOutcome {
    const id = jobIdOf(change);
    const job = id === undefined ? undefined : this.#draftOf(id);
    const decision = decide({ record: job?.record, tombstone: job?.tombstone }, change, this.#now);
    if (decision.result === 'accepted') this.events.push(decision.event);
    if (job) this.#keep(job, decision);
    if (decision.result === 'accepted') return { result: 'accepted', epoch, record: decision.record };
    return { ...decision, epoch };
  }

  #draftOf(id: string): JobDraft {
    const known = this.jobs.get(id);
    if (known) return known;
    const kept = this.#kept.get(id);
    if (!kept) throw new Error(`Nothing was read of the job ${id} before it was decided.`);
    const { record, tombstone } = kept;
    const draft = { id, kept, record, tombstone, createdAt: null, changedAt: null, history: [], graves: new Map<string, Grave>() };
    this.jobs.set(id, draft);
    return draft;
  }

  #keep(job: JobDraft, decision: Decision): void {
    if (decision.result === 'unchanged') hear(job, decision.record);
    if (decision.result !== 'accepted') return;
    job.changedAt = this.events.length;
    if (decision.record === null) bury(job, decision);
    else advance(job, decision, this.events.length);
  }
}

/** What says nothing new is a sign of life all the same, of which a step tells when it is all that is written of the job. */
function hear(job: JobDraft, record: JobRecord): void {
  if (record !== job.record && stepOf(job) !== undefined) job.history.splice(-1, 1, { text: stepText(record), isProgress: true });
  job.record = record;
}

function advance(job: JobDraft, { record, event }: Extract<AcceptedDecision, { record: JobRecord }>, place: number): void {
  job.record = record;
  job.tombstone = undefined;
  if (event.kind === 'created') {
    job.createdAt = place;
    job.graves.set(record.job.userId, null);
  }
  if (event.kind === 'edited' && event.previousUserId !== undefined) {
    job.graves.set(event.previousUserId, { version: record.job.version, moved: true, place });
    job.graves.set(record.job.userId, null);
  }
  const isProgress = event.kind === 'progress';
  if (event.kind !== 'edited') job.history.push({ text: isProgress ? stepText(record) : historyText(event), isProgress });
}

function bury(job: JobDraft, { event }: AcceptedDecision): void {
  if (event.kind !== 'removed') return;
  const { id, userId, version } = event;
  job.graves.set(userId, { version, moved: false, place: job.changedAt ?? 0 });
  Object.assign(job, { record: undefined, tombstone: { id, userId, version }, createdAt: null });
  job.history.length = 0;
}
