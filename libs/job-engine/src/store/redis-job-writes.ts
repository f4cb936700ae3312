import type { JobRecord } from './job-change.js';
import type { JobScope } from './job-store.js';
import { isChanged, stepOf, type Grave, type JobDraft } from './redis-draft.js';
import { graveOf, type RedisKeys } from './redis-keys.js';
import { isApart, lightText, MARKS, measuredText, toJson } from './redis-rows.js';
import type { RedisWrites } from './redis-writes.js';

/** How many progress changes a history shows [R9]; a few more may be kept. */
export const PROGRESS_CHANGES = 100;
/** What a history holds beyond that is swept at every so many versions, which costs less than at each. */
const HISTORY_SWEEP = 32;
/** Signs of life are put in order this coarsely, ms, which costs less than at each; records tell them exactly. */
const HEARTBEAT_STEP = 5000;
/** How long a removal is remembered [R13], ms. */
export const MEMORY = 24 * 60 * 60_000;

/** What brings Redis from what is kept of jobs to what a batch made of them. */
export class JobWrites {
  readonly #keys: RedisKeys;
  readonly #writes: RedisWrites;
  readonly #now: number;
  readonly #areOrdered: boolean;

  /** @param areOrdered whether the script finds a place for each job by itself, see COMMIT */
  constructor(keys: RedisKeys, writes: RedisWrites, now: number, areOrdered: boolean) {
    this.#keys = keys;
    this.#writes = writes;
    this.#now = now;
    this.#areOrdered = areOrdered;
  }

  /**
   * What is to be kept of the job itself: a step, or a mark and JSON; '' when nothing came of it. `number`: by which the script
   * knows it.
   */
  of(draft: JobDraft, number: number): string {
    if (!isChanged(draft)) return '';
    const { record, graves, id } = draft;
    const step = stepOf(draft);
    if (step !== undefined && record) {
      this.#goOn(draft, record, number);
      return step;
    }
    if (draft.createdAt !== null || !record) this.#unlist(draft);
    if (record) this.#list(draft, record, number);
    this.#move(draft);
    for (const [userId, grave] of graves) this.#bury(id, userId, grave);
    return record ? this.#text(draft, record) : this.#remember(draft);
  }

  /** The script writes what every step brings. */
  #goOn({ kept, changedAt, id }: JobDraft, record: JobRecord, number: number): void {
    if (!this.#areOrdered && changedAt !== null) this.#writes.add('PLACE', this.#keys.active('all'), changedAt, number);
    this.#setClocks(record, kept.record);
    this.#sweep(id, record.job.version - 1, record.job.version);
  }

  /** Input and result that are long are written when they change, not with every state. */
  #text({ id, kept }: JobDraft, record: JobRecord): string {
    const wasApart = isApart(kept.revision);
    if (kept.record?.job.bodyVersion === record.job.bodyVersion) {
      return wasApart ? MARKS.apart + lightText(record) : MARKS.whole + JSON.stringify(record);
    }
    const body = this.#keys.bodyOf(id);
    const text = measuredText(record);
    if (isApart(text)) this.#writes.add('HSET', body, 'input', toJson(record.job.input), 'result', toJson(record.job.result));
    else if (wasApart) this.#writes.add('DEL', body);
    return text;
  }

  #remember({ id, kept, tombstone }: JobDraft): string {
    if (isApart(kept.revision)) this.#writes.add('DEL', this.#keys.bodyOf(id));
    this.#writes.add('PEXPIRE', this.#keys.jobOf(id), MEMORY);
    return MARKS.removed + JSON.stringify({ tombstone });
  }

  /** What was there before a removal or a creation is gone as a whole. */
  #unlist({ id, kept: { record } }: JobDraft): void {
    if (!record) return;
    const { heartbeats, ended } = this.#keys;
    for (const key of [this.#keys.statuses(id), this.#keys.progress(id)]) this.#writes.add('DEL', key);
    for (const key of [heartbeats, ended]) this.#writes.add('ZREM', key, id);
    for (const scope of scopesOf(record)) {
      this.#writes.add('ZREM', this.#keys.created(scope), id);
      this.#writes.add('ZREM', this.#listOf(record, scope), id);
    }
  }

  #list(draft: JobDraft, record: JobRecord, number: number): void {
    const { createdAt, changedAt } = draft;
    const before = createdAt === null ? draft.kept.record : undefined;
    if (createdAt !== null) for (const scope of scopesOf(record)) this.#writes.add('PLACE', this.#keys.created(scope), createdAt, number);
    if (changedAt !== null) this.#place(record, before, changedAt, number);
    this.#setClocks(record, before);
    this.#addHistory(draft, record, number);
  }

  /** At the end of the list it belongs to now, in no other. What stays active moves among all alone: see SINCE. */
  #place(record: JobRecord, before: JobRecord | undefined, changedAt: number, number: number): void {
    const { id, userId } = record.job;
    const isActive = record.endedAt === null;
    if (before && before.job.userId === userId && isActive && before.endedAt === null) {
      this.#writes.add('PLACE', this.#keys.active('all'), changedAt, number);
      return;
    }
    const lists = scopesOf(record).map((scope) => this.#listOf(record, scope));
    const former = before ? scopesOf(before).map((scope) => this.#listOf(before, scope)) : [];
    for (const list of former) if (!lists.includes(list)) this.#writes.add('ZREM', list, id);
    for (const list of lists) this.#writes.add('PLACE', list, changedAt, number);
  }

  #setClocks(record: JobRecord, before: JobRecord | undefined): void {
    const { id, status } = record.job;
    const { heartbeats, ended } = this.#keys;
    if (status === 'processing') {
      const at = coarse(record.heartbeatAt);
      if (before?.job.status !== 'processing' || at !== coarse(before.heartbeatAt)) this.#writes.add('ZADD', heartbeats, at, id);
    } else if (before?.job.status === 'processing') this.#writes.add('ZREM', heartbeats, id);
    if (record.endedAt !== null) this.#writes.add('ZADD', ended, record.endedAt, id);
    else if (typeof before?.endedAt === 'number') this.#writes.add('ZREM', ended, id);
  }

  #addHistory({ id, history, kept }: JobDraft, record: JobRecord, number: number): void {
    for (const { text, isProgress } of history) {
      if (isProgress) this.#writes.add('STEPS', this.#keys.meta, number, text);
      else this.#writes.add('RPUSH', this.#keys.statuses(id), text);
    }
    this.#sweep(id, kept.record?.job.version ?? 0, record.job.version);
  }

  /** Whatever has brought the job to this version: of those that sweep, none may be a step of progress. */
  #sweep(id: string, before: number, version: number): void {
    const isDue = Math.floor(version / HISTORY_SWEEP) > Math.floor(before / HISTORY_SWEEP);
    if (isDue) this.#writes.add('LTRIM', this.#keys.progress(id), -PROGRESS_CHANGES, -1);
  }

  /** A job that changes its owner keeps its place among those that were created. */
  #move({ id, record, createdAt, kept }: JobDraft): void {
    const [from, to] = [kept.record?.job.userId, record?.job.userId];
    if (createdAt !== null || from === undefined || to === undefined || from === to) return;
    const former = this.#keys.created({ userId: from });
    this.#writes.copy(former, this.#keys.created({ userId: to }), id);
    this.#writes.add('ZREM', former, id);
  }

  /** [R13] A job that went to another owner is gone for its former one alone. */
  #bury(id: string, userId: string, grave: Grave): void {
    const name = graveOf(id, userId);
    const { gone, goneFrom, goneAt } = this.#keys;
    const goneOut = this.#keys.goneOut({ userId });
    if (!grave || grave.moved) this.#writes.add('ZREM', goneFrom, name);
    if (!grave) {
      this.#writes.add('HDEL', gone, name);
      for (const key of [goneOut, goneAt]) this.#writes.add('ZREM', key, name);
      return;
    }
    this.#writes.add('HSET', gone, name, grave.version);
    this.#writes.add('BURY', goneOut, grave.place, name);
    if (!grave.moved) this.#writes.add('BURY', goneFrom, grave.place, name);
    this.#writes.add('ZADD', goneAt, this.#now, name);
  }

  #listOf({ endedAt }: JobRecord, scope: JobScope): string {
    return endedAt === null ? this.#keys.active(scope) : this.#keys.finished(scope);
  }
}

const coarse = (time: number): number => Math.floor(time / HEARTBEAT_STEP) * HEARTBEAT_STEP;

const scopesOf = ({ job: { userId } }: JobRecord): JobScope[] => ['all', { userId }];
