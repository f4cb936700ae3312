import type { JobRecord } from './job-change.js';
import type { JobScope } from './job-store.js';
import type { Grave, JobDraft } from './redis-draft.js';
import { graveOf, type RedisKeys } from './redis-keys.js';
import { stateText, toJson } from './redis-rows.js';

/** How many progress changes a history shows [R9]; a few more may be kept. */
export const PROGRESS_CHANGES = 100;
/** What a history holds beyond that is swept at every so many versions, which costs less than at each. */
const HISTORY_SWEEP = 32;
/** Signs of life are put in order this coarsely, ms, which costs less than at each; records tell them exactly. */
const HEARTBEAT_STEP = 5000;
/** How long a removal is remembered [R13], ms. */
export const MEMORY = 24 * 60 * 60_000;

/**
 * One operation of the COMMIT script. Four are its own: `PLACE` adds a member to a sorted set at a place of the commit,
 * `KEEP` sets fields of a job with its new revision, `COPY` gives a member of one sorted set the same place in another, and
 * `STEP` is the most frequent change at once: state, place in two lists, and a line of history.
 */
export interface RedisWrite {
  readonly name: 'PLACE' | 'KEEP' | 'COPY' | 'STEP' | 'ZADD' | 'ZREM' | 'HSET' | 'HDEL' | 'DEL' | 'PEXPIRE' | 'RPUSH' | 'LTRIM';
  readonly key: string;
  /** Further keys, which come before the arguments: the other sorted set of a `COPY`, lists and history of a `STEP`. */
  readonly more?: readonly string[];
  readonly args: readonly (string | number)[];
}

type Write = (name: RedisWrite['name'], key: string, ...args: (string | number)[]) => void;

/** What brings Redis from what is kept of a job to what a batch made of it; nothing when it made nothing. */
export function writesOf(keys: RedisKeys, draft: JobDraft, now: number): RedisWrite[] {
  const writes: RedisWrite[] = [];
  const write: Write = (name, key, ...args) => writes.push({ name, key, args });
  if (draft.record === draft.kept.record && draft.changedAt === null) return writes;
  const step = stepOf(keys, draft);
  if (step) return [step];
  if (draft.createdAt !== null || !draft.record) unlist(keys, draft, write);
  if (draft.record) keep(keys, draft, draft.record, write);
  else remember(keys, draft, write);
  writes.push(...moveOf(keys, draft));
  for (const [userId, grave] of draft.graves) writeGrave(keys, draft.id, userId, grave, now, write);
  return writes;
}

/** What was there before a removal or a creation is gone as a whole. */
function unlist(keys: RedisKeys, { id, kept: { revision, record } }: JobDraft, write: Write): void {
  if (revision !== '') write('DEL', keys.jobOf(id));
  if (!record) return;
  write('DEL', keys.statuses(id));
  write('DEL', keys.progress(id));
  write('ZREM', keys.heartbeats, id);
  write('ZREM', keys.ended, id);
  for (const scope of scopesOf(record)) {
    write('ZREM', keys.created(scope), id);
    write('ZREM', listOf(keys, record, scope), id);
  }
}

function remember(keys: RedisKeys, { id, tombstone }: JobDraft, write: Write): void {
  write('KEEP', keys.jobOf(id), 'tombstone', toJson(tombstone));
  write('PEXPIRE', keys.jobOf(id), MEMORY);
}

function keep(keys: RedisKeys, draft: JobDraft, record: JobRecord, write: Write): void {
  const { id, createdAt, changedAt } = draft;
  const before = createdAt === null ? draft.kept.record : undefined;
  const input = before ? [] : ['input', toJson(record.job.input)];
  const result = before && before.job.result === record.job.result ? [] : ['result', toJson(record.job.result)];
  write('KEEP', keys.jobOf(id), 'state', stateText(record), ...input, ...result);
  if (createdAt !== null) for (const scope of scopesOf(record)) write('PLACE', keys.created(scope), createdAt, id);
  if (changedAt !== null) place(keys, record, before, changedAt, write);
  writeClocks(keys, record, before, write);
  writeHistory(keys, draft, record, write);
}

/** At the end of the list it belongs to now, in no other. */
function place(keys: RedisKeys, record: JobRecord, before: JobRecord | undefined, changedAt: number, write: Write): void {
  const { id } = record.job;
  const lists = scopesOf(record).map((scope) => listOf(keys, record, scope));
  const former = before ? scopesOf(before).map((scope) => listOf(keys, before, scope)) : [];
  for (const list of former) if (!lists.includes(list)) write('ZREM', list, id);
  for (const list of lists) write('PLACE', list, changedAt, id);
}

function writeClocks(keys: RedisKeys, record: JobRecord, before: JobRecord | undefined, write: Write): void {
  const { id, status } = record.job;
  if (status === 'processing') {
    const at = coarse(record.heartbeatAt);
    if (before?.job.status !== 'processing' || at !== coarse(before.heartbeatAt)) write('ZADD', keys.heartbeats, at, id);
  } else if (before?.job.status === 'processing') write('ZREM', keys.heartbeats, id);
  if (record.endedAt !== null) write('ZADD', keys.ended, record.endedAt, id);
  else if (typeof before?.endedAt === 'number') write('ZREM', keys.ended, id);
}

function writeHistory(keys: RedisKeys, { id, history }: JobDraft, record: JobRecord, write: Write): void {
  const statuses = history.filter(({ isProgress }) => !isProgress);
  const progress = history.filter(({ isProgress }) => isProgress).slice(-PROGRESS_CHANGES);
  if (statuses.length > 0) write('RPUSH', keys.statuses(id), ...statuses.map(({ text }) => text));
  if (progress.length === 0) return;
  write('RPUSH', keys.progress(id), ...progress.map(({ text }) => text));
  const { version } = record.job;
  if (Math.floor(version / HISTORY_SWEEP) > Math.floor((version - history.length) / HISTORY_SWEEP)) {
    write('LTRIM', keys.progress(id), -PROGRESS_CHANGES, -1);
  }
}

/** One step of progress, with nothing else to be done; null when it is not only that. */
function stepOf(keys: RedisKeys, { id, kept, record, createdAt, changedAt, history, graves }: JobDraft): RedisWrite | null {
  const before = kept.record;
  const [line, ...more] = history;
  if (!before || !record || createdAt !== null || changedAt === null || !line?.isProgress || more.length > 0 || graves.size > 0)
    return null;
  const isSwept = record.job.version % HISTORY_SWEEP === 0;
  const isPlain = before.job.version === record.job.version - 1 && record.endedAt === null && !isSwept;
  if (!isPlain || coarse(before.heartbeatAt) !== coarse(record.heartbeatAt)) return null;
  const lists = scopesOf(record).map((scope) => keys.active(scope));
  return { name: 'STEP', key: keys.jobOf(id), more: [...lists, keys.progress(id)], args: [changedAt, id, stateText(record), line.text] };
}

const coarse = (time: number): number => Math.floor(time / HEARTBEAT_STEP) * HEARTBEAT_STEP;

/** A job that changes its owner keeps its place among those that were created. */
function moveOf(keys: RedisKeys, { id, record, createdAt, kept }: JobDraft): RedisWrite[] {
  const [from, to] = [kept.record?.job.userId, record?.job.userId];
  if (createdAt !== null || from === undefined || to === undefined || from === to) return [];
  const former = keys.created({ userId: from });
  return [
    { name: 'COPY', key: former, more: [keys.created({ userId: to })], args: [id] },
    { name: 'ZREM', key: former, args: [id] },
  ];
}

/** [R13] A job that went to another owner is gone for its former one alone. */
function writeGrave(keys: RedisKeys, id: string, userId: string, grave: Grave, now: number, write: Write): void {
  const name = graveOf(id, userId);
  const goneOut = keys.goneOut({ userId });
  if (!grave || grave.moved) write('ZREM', keys.goneFrom, name);
  if (!grave) {
    write('HDEL', keys.gone, name);
    write('ZREM', goneOut, name);
    write('ZREM', keys.goneAt, name);
    return;
  }
  write('HSET', keys.gone, name, grave.version);
  write('PLACE', goneOut, grave.place, name);
  if (!grave.moved) write('PLACE', keys.goneFrom, grave.place, name);
  write('ZADD', keys.goneAt, now, name);
}

const scopesOf = ({ job: { userId } }: JobRecord): JobScope[] => ['all', { userId }];

const listOf = (keys: RedisKeys, { endedAt }: JobRecord, scope: JobScope): string =>
  endedAt === null ? keys.active(scope) : keys.finished(scope);
