import { isTerminal, type Job, type JobStatus, type ReportRefusal, type RequeueReason } from '@harmonia/contract';
import { advance, sameTags, type JobAdvance } from './job-advance.js';
import type { ChangeRefusal, JobChange, JobRecord, NewJob, ReportedChange, Tombstone } from './job-change.js';
import type { JobBearingEvent, JobLessEvent, PlainEventKind } from './job-event.js';
import { progressAfter, sameProgress } from './job-progress.js';

/** What is to be written: the record after the change (null: the job is gone) and the event that tells of it. */
export type Decision =
  | AcceptedDecision
  | { readonly result: 'unchanged'; readonly record: JobRecord }
  | { readonly result: 'ignored'; readonly reason: ReportRefusal; readonly record: JobRecord }
  | { readonly result: 'refused'; readonly code: ChangeRefusal };

/** The decision that moves the version. */
export type AcceptedDecision =
  | { readonly result: 'accepted'; readonly record: JobRecord; readonly event: JobBearingEvent }
  | { readonly result: 'accepted'; readonly record: null; readonly event: JobLessEvent };

/** What the store holds under the id of a change. */
export interface Known {
  /** The job and what is kept beside it; undefined when there is no such job. */
  readonly record: JobRecord | undefined;
  /** What is remembered of one that was removed within the last 24 hours [R13]. */
  readonly tombstone: Tombstone | undefined;
}

type ChangeOf<Kind extends JobChange['kind']> = Extract<JobChange, { kind: Kind }>;

const refused = (code: ChangeRefusal): Decision => ({ result: 'refused', code });
const unchanged = (record: JobRecord): Decision => ({ result: 'unchanged', record });
const ignored = (reason: ReportRefusal, record: JobRecord): Decision => ({ result: 'ignored', reason, record });

/**
 * Decides one change of one job: the rules R1–R5, R10–R13 without any storage, so that every store decides alike.
 *
 * @param known what the store holds under this id
 * @param change what is asked
 * @param now ms since 1970, for display and for the bounds of `lost` and `removed`
 * @example decide({ record, tombstone: undefined }, { kind: 'cancelled', id: record.job.id }, Date.now()).result; // 'accepted'
 */
export function decide(known: Known, change: JobChange, now: number): Decision {
  if (change.kind === 'revoked') return { result: 'accepted', record: null, event: change };
  if (change.kind === 'created') return decideCreated(known, change.job, now);
  const { record } = known;
  if (!record) return refused('job-unknown');
  switch (change.kind) {
    case 'reported':
      return decideReported(record, change, now);
    case 'requeued':
      return decideRequeued(record, change, now);
    case 'lost':
      return decideLost(record, change, now);
    case 'cancelled':
      return decideCancelled(record, now);
    case 'retried':
      return decideRetried(record, now);
    case 'edited':
      return decideEdited(record, change, now);
    case 'removed':
      return decideRemoved(record, change);
  }
}

/** [R12] The same id from its owner is the same job; from anyone else a conflict, also while a tombstone remembers it. */
function decideCreated({ record, tombstone }: Known, job: NewJob, now: number): Decision {
  if (record) return record.job.userId === job.userId ? unchanged(record) : refused('job-id-conflict');
  if (tombstone && tombstone.userId !== job.userId) return refused('job-id-conflict');
  // above the tombstone's version, or clients that remember the removal would drop the new job [C2]
  const version = (tombstone?.version ?? 0) + 1;
  const at = new Date(now).toISOString();
  const created: Job = {
    ...job,
    status: 'queued',
    progress: null,
    attempt: 1,
    version,
    bodyVersion: version,
    createdAt: at,
    updatedAt: at,
    result: null,
  };
  return {
    result: 'accepted',
    record: { job: created, sequence: 0, restarts: 0, heartbeatAt: now, endedAt: null },
    event: { kind: 'created', job: created },
  };
}

/** [R4] Stale and latched reports change nothing; a report ahead of the known attempt starts that attempt. */
function decideReported(record: JobRecord, report: ReportedChange, now: number): Decision {
  const { job } = record;
  const attempt = report.attempt ?? job.attempt;
  if (attempt < job.attempt) return ignored('stale', record);
  if (isTerminal(job.status)) return ignored('latched', record);
  const ahead = attempt > job.attempt;
  const sequence = report.sequence ?? (ahead ? 1 : record.sequence + 1);
  if (!ahead && sequence <= record.sequence) return ignored('stale', record);

  const heard: JobRecord = { ...record, sequence, heartbeatAt: now };
  const previous = ahead ? null : job.progress;
  const status = report.status ?? 'processing';
  const progress = progressAfter(previous, report.progress, status);
  if (!ahead && status === job.status && sameProgress(progress, previous)) return unchanged(heard);
  return accepted(heard, { attempt, status, progress, ...resultOf(report) }, now, eventKindOf(job.status, status, ahead));
}

function eventKindOf(from: JobStatus, to: 'processing' | 'completed' | 'failed' | 'cancelled', ahead: boolean) {
  if (to !== 'processing') return to;
  return from === 'queued' || ahead ? 'started' : 'progress';
}

/** [R11] */
function resultOf(report: ReportedChange): { result?: unknown } {
  if (report.status === 'completed') return { result: report.result ?? null };
  if (report.status !== 'failed') return {};
  return { result: { error: report.error?.message ?? 'The job failed.', code: report.error?.code ?? 'failed' } };
}

/** [R3] Back to the queue with a new attempt; that is no failure. An attempt ahead of the known one was at work too. */
function decideRequeued(record: JobRecord, change: ChangeOf<'requeued'>, now: number): Decision {
  const { job } = record;
  const attempt = change.attempt ?? job.attempt;
  if (attempt < job.attempt) return ignored('stale', record);
  if (isTerminal(job.status)) return ignored('latched', record);
  if (job.status === 'queued' && attempt === job.attempt) return refused('status-conflict');
  return requeued(record, attempt + 1, change.reason, now);
}

/** [R10] */
function decideLost(record: JobRecord, change: ChangeOf<'lost'>, now: number): Decision {
  const { job } = record;
  const movedOn = job.status !== 'processing' || job.attempt !== change.attempt;
  if (movedOn || record.heartbeatAt >= (change.heartbeatBefore ?? Infinity)) return ignored('stale', record);
  const restarts = record.restarts + 1;
  if (restarts < change.maxAttempts) return requeued({ ...record, restarts }, job.attempt + 1, 'interrupted', now);
  const often = restarts > 1 ? ` ${restarts} times in a row` : '';
  const result = {
    error: `The worker was lost${often}. Retry the job, or look at the worker's log.`,
    code: 'worker-lost',
  };
  return accepted({ ...record, restarts }, { status: 'failed', result }, now, 'failed');
}

function requeued(record: JobRecord, attempt: number, reason: RequeueReason, now: number): Decision {
  const next = advance({ ...record, sequence: 0 }, { attempt, status: 'queued', progress: null }, now);
  return { result: 'accepted', record: next, event: { kind: 'requeued', job: next.job, reason } };
}

function decideCancelled(record: JobRecord, now: number): Decision {
  if (record.job.status === 'cancelled') return unchanged(record);
  if (isTerminal(record.job.status)) return refused('status-conflict');
  return accepted(record, { status: 'cancelled' }, now, 'cancelled');
}

function decideRetried(record: JobRecord, now: number): Decision {
  const { status, attempt } = record.job;
  if (status !== 'failed' && status !== 'cancelled') return refused('status-conflict');
  return accepted(
    { ...record, sequence: 0, restarts: 0 },
    { status: 'queued', attempt: attempt + 1, progress: null, result: null },
    now,
    'retried',
  );
}

/** [R4] The latch does not cover title, tags and owner. */
function decideEdited(record: JobRecord, edit: ChangeOf<'edited'>, now: number): Decision {
  const { job } = record;
  const { title = job.title, tags = job.tags, userId = job.userId } = edit;
  const moves = userId !== job.userId;
  if (!moves && title === job.title && sameTags(tags, job.tags)) return unchanged(record);
  const next = advance(record, { title, tags, userId }, now);
  const event = { kind: 'edited' as const, job: next.job };
  return { result: 'accepted', record: next, event: moves ? { ...event, previousUserId: job.userId } : event };
}

function decideRemoved(record: JobRecord, change: ChangeOf<'removed'>): Decision {
  const { id, userId, version } = record.job;
  if (record.endedAt === null) return refused('status-conflict');
  if (record.endedAt >= (change.endedBefore ?? Infinity)) return ignored('stale', record);
  return { result: 'accepted', record: null, event: { kind: 'removed', id, userId, version: version + 1 } };
}

function accepted(record: JobRecord, changes: JobAdvance, now: number, kind: PlainEventKind): Decision {
  const next = advance(record, changes, now);
  return { result: 'accepted', record: next, event: { kind, job: next.job } };
}
