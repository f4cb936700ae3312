import { isLegalTransition, isTerminal } from '@harmonia/contract';
import fc from 'fast-check';
import { bodyOf, FoldedJobs, generatedChange, jobOf } from './generated-changes.suite.js';
import type { JobChange, JobRecord, NewJob } from './job-change.js';
import { decide, type Decision } from './job-decision.js';

const RUNS = 1000;

/** One decided change: what was known, what was asked, what came of it. */
interface Step {
  readonly before: JobRecord | undefined;
  readonly removedVersion: number;
  readonly change: JobChange;
  readonly decision: Decision;
  readonly after: JobRecord | undefined;
}

/** A step between two states of one job that was there and still is. */
type Move = Step & { readonly before: JobRecord; readonly after: JobRecord };

function stepsOf(changes: readonly JobChange[]): Step[] {
  const jobs = new FoldedJobs();
  return changes.map((change, now) => {
    const id = jobOf(change) ?? '';
    const { record: before, tombstone } = jobs.of(id);
    const decision = jobs.apply(change, now);
    return { before, removedVersion: tombstone?.version ?? 0, change, decision, after: jobs.of(id).record };
  });
}

const isMove = (step: Step): step is Move => step.before !== undefined && step.after !== undefined;

/** Checks every step of thousands of generated histories. */
function forEveryStep(check: (step: Step) => void): void {
  const histories = fc.array(generatedChange({ withRemovals: true }), { maxLength: 40, size: 'max' });
  fc.assert(
    fc.property(histories, (changes) => stepsOf(changes).forEach(check)),
    { numRuns: RUNS },
  );
}

const forEveryMove = (check: (move: Move) => void): void => forEveryStep((step) => isMove(step) && check(step));

const sameAttempt = ({ before, after }: Move): boolean => before.job.attempt === after.job.attempt;

const job: NewJob = { id: 'a', userId: 'ann', jobType: 'simulate', title: null, tags: [], input: null };
const nothing = { record: undefined, tombstone: undefined };

/** The record after these changes of one job, at the times 0, 1, 2… */
function recordAfter(...changes: JobChange[]): JobRecord {
  const jobs = new FoldedJobs();
  [{ kind: 'created' as const, job }, ...changes].forEach((change, now) => jobs.apply(change, now));
  const { record } = jobs.of('a');
  if (!record) throw new Error('These changes leave no job.');
  return record;
}

const decideOn = (record: JobRecord, change: JobChange, now = 100) => decide({ record, tombstone: undefined }, change, now);

describe('decide: over generated histories', () => {
  it('[R1] moves the version by one with every accepted change, and with nothing else', () => {
    forEveryStep(({ before, removedVersion, decision, after }) => {
      if (decision.result !== 'accepted') expect(after?.job.version).toBe(before?.job.version);
      else if (decision.record) expect(decision.record.job.version).toBe((before?.job.version ?? removedVersion) + 1);
      else if (decision.event.kind === 'removed') expect(decision.event.version).toBe((before?.job.version ?? NaN) + 1);
    });
  });

  it('[R1] moves bodyVersion to the version exactly when the body changes', () => {
    forEveryStep(({ before, after }) => {
      if (!after) return;
      const { version, bodyVersion } = after.job;
      const changed = !before || JSON.stringify(bodyOf(before.job)) !== JSON.stringify(bodyOf(after.job));
      expect(bodyVersion).toBe(changed ? version : before.job.bodyVersion);
      expect(bodyVersion).toBeLessThanOrEqual(version);
    });
  });

  it('[E1] tells of every accepted change by one event that carries the new state', () => {
    forEveryStep(({ decision }) => {
      if (decision.result === 'accepted' && decision.record) expect(decision.event.job).toBe(decision.record.job);
    });
  });

  it('[R2] lets the attempt grow only by going back to the queue, or by a report that is ahead; progress begins anew', () => {
    forEveryMove((move) => {
      const { before, change, after } = move;
      expect(after.job.attempt).toBeGreaterThanOrEqual(before.job.attempt);
      if (sameAttempt(move)) return;
      const ahead = change.kind === 'reported' ? change.attempt : undefined;
      if (ahead === undefined) expect(after.job).toMatchObject({ status: 'queued', progress: null });
      else expect(after.job.attempt).toBe(ahead);
      if (change.kind === 'reported' && !change.progress) expect(after.job.progress).toBeNull();
    });
  });

  it('[R3] makes legal transitions only; a report implies the start', () => {
    forEveryMove((move) => {
      const { before, change, after } = move;
      const [from, to] = [before.job.status, after.job.status];
      if (from === to && sameAttempt(move)) return;
      const reported = change.kind === 'reported';
      const steps = reported && from !== 'processing' ? ([from, 'processing', to] as const) : ([from, to] as const);
      const ahead = reported && !sameAttempt(move);
      const walk = ahead ? (['queued', 'processing', to] as const) : steps;
      walk.slice(1).forEach((next, index) => {
        const previous = walk[index];
        expect(previous === next || (previous !== undefined && isLegalTransition(previous, next))).toBe(true);
      });
      if (to === 'queued') expect(after.job.attempt).toBeGreaterThan(before.job.attempt);
    });
  });

  it('[R3, R4] never lets an ended attempt regress: status, progress and result stay', () => {
    forEveryMove((move) => {
      const { before, after } = move;
      if (!isTerminal(before.job.status) || !sameAttempt(move)) return;
      const latched = ({ job: { status, progress, result } }: JobRecord) => ({ status, progress, result });
      expect(latched(after)).toEqual(latched(before));
    });
  });

  it('[R3] leaves completed for nothing', () => {
    forEveryMove(({ before, after }) => {
      if (before.job.status === 'completed') expect(after.job.status).toBe('completed');
    });
  });

  it('[R4] changes nothing by what it ignores or refuses, and only signs of life by what brings nothing new', () => {
    forEveryStep(({ before, decision, after }) => {
      if (decision.result === 'ignored' || decision.result === 'refused') expect(after).toBe(before);
      if (decision.result === 'unchanged') expect(after?.job).toBe(before?.job);
    });
  });

  it('[R4] raises the sequence within an attempt, and counts anew in the next', () => {
    forEveryMove((move) => {
      const { before, change, after } = move;
      const first = change.kind === 'reported' ? (change.sequence ?? 1) : 0;
      if (sameAttempt(move)) expect(after.sequence).toBeGreaterThanOrEqual(before.sequence);
      else expect(after.sequence).toBe(first);
    });
  });

  it('[R4] lets any report be repeated, at once and long after, without a change', () => {
    const histories = fc.array(generatedChange({ withRemovals: false }), { maxLength: 40, size: 'max' });
    fc.assert(
      fc.property(histories, (changes) => {
        const jobs = new FoldedJobs();
        const heard: JobChange[] = [];
        changes.forEach((change, now) => {
          const isKnownReport = change.kind === 'reported' && jobs.of(change.id).record !== undefined;
          jobs.apply(change, now);
          if (!isKnownReport || change.sequence === undefined || change.attempt === undefined) return;
          if (change.attempt > (jobs.of(change.id).record?.job.attempt ?? 0)) return; // latched, and of an attempt still to come
          heard.push(change);
          heard.forEach((again) => expect(jobs.apply(again, now).result).toBe('ignored'));
        });
      }),
      { numRuns: RUNS },
    );
  });

  it('[R5] never lets the percentage fall within an attempt, nor leave 0 to 100', () => {
    forEveryMove((move) => {
      const [before, after] = [move.before.job.progress?.percentage ?? 0, move.after.job.progress?.percentage ?? 0];
      expect(Number.isInteger(after) && after >= 0 && after <= 100).toBe(true);
      if (sameAttempt(move)) expect(after).toBeGreaterThanOrEqual(before);
      if (move.after.job.status === 'completed' && move.after.job.progress) expect(after).toBe(100);
    });
  });

  it('[R9] knows the time of the end exactly while the job has ended', () => {
    forEveryMove(({ after }) => expect(after.endedAt !== null).toBe(isTerminal(after.job.status)));
  });

  it('[R12, R13] lets only the owner use an id, also while its removal is remembered', () => {
    const histories = fc.array(generatedChange({ withRemovals: true }), { maxLength: 40, size: 'max' });
    fc.assert(
      fc.property(histories, (changes) => {
        const jobs = new FoldedJobs();
        changes.forEach((change, now) => {
          if (change.kind !== 'created') return void jobs.apply(change, now);
          const { record, tombstone } = jobs.of(change.job.id);
          const owner = record?.job.userId ?? tombstone?.userId ?? change.job.userId;
          const decision = jobs.apply(change, now);
          expect(decision.result === 'refused' && decision.code).toBe(owner === change.job.userId ? false : 'job-id-conflict');
        });
      }),
      { numRuns: RUNS },
    );
  });
});

describe('decide: one by one', () => {
  const at = (current: number, total: number | null = 10): JobChange => ({
    kind: 'reported',
    id: 'a',
    progress: { current, total, message: '' },
  });

  it.each<JobChange>([
    { kind: 'reported', id: 'a' },
    { kind: 'requeued', id: 'a', reason: 'retrying' },
    { kind: 'lost', id: 'a', attempt: 1, maxAttempts: 3 },
    { kind: 'cancelled', id: 'a' },
    { kind: 'retried', id: 'a' },
    { kind: 'edited', id: 'a', title: 'x' },
    { kind: 'removed', id: 'a' },
  ])('[R12] refuses $kind of a job that is not there', (change) => {
    expect(decide(nothing, change, 0)).toEqual({ result: 'refused', code: 'job-unknown' });
  });

  it('[R5] counts whole percent, down, and keeps them while the total is unknown', () => {
    const percentages = (...changes: JobChange[]) => recordAfter(...changes).job.progress?.percentage;
    expect(percentages(at(1, 3))).toBe(33);
    expect(percentages(at(20, 10))).toBe(100);
    expect(percentages(at(7), at(3))).toBe(70);
    expect(percentages(at(7), at(12, null))).toBe(70);
    expect(percentages(at(12, null))).toBe(0);
  });

  it('[R5] shows a completed job as done to the last unit, whatever was reported', () => {
    const done: JobChange = { kind: 'reported', id: 'a', status: 'completed' };
    expect(recordAfter(at(7), done).job.progress).toEqual({ current: 10, total: 10, percentage: 100, message: '' });
    expect(recordAfter(at(7, null), done).job.progress).toEqual({ current: 7, total: null, percentage: 100, message: '' });
    expect(recordAfter(done).job.progress).toBeNull();
  });

  it('[R4] takes a report without a sequence for the newest, and a heartbeat for a sign of life', () => {
    const record = recordAfter(at(1), at(2));
    expect(record.sequence).toBe(2);
    expect(decideOn(record, { kind: 'reported', id: 'a' })).toEqual({
      result: 'unchanged',
      record: { ...record, sequence: 3, heartbeatAt: 100 },
    });
  });

  it('[R4] starts the attempt that a report is ahead with', () => {
    const decision = decideOn(recordAfter(at(7)), { kind: 'reported', id: 'a', attempt: 3, sequence: 5 });
    expect(decision).toMatchObject({
      result: 'accepted',
      record: { sequence: 5, job: { attempt: 3, status: 'processing', progress: null } },
      event: { kind: 'started' },
    });
  });

  it('[R3] requeues what is at work, also an attempt of which nothing was heard yet; not what waits or has ended', () => {
    const requeue = (attempt?: number): JobChange => ({ kind: 'requeued', id: 'a', reason: 'retrying', ...(attempt ? { attempt } : {}) });
    expect(decideOn(recordAfter(at(1)), requeue())).toMatchObject({ record: { job: { status: 'queued', attempt: 2 } } });
    expect(decideOn(recordAfter(at(1)), requeue(4))).toMatchObject({ record: { job: { status: 'queued', attempt: 5 } } });
    expect(decideOn(recordAfter(), requeue(2))).toMatchObject({ record: { job: { status: 'queued', attempt: 3 } } });
    expect(decideOn(recordAfter(), requeue())).toEqual({ result: 'refused', code: 'status-conflict' });
    expect(decideOn(recordAfter(at(1), requeue()), requeue(1))).toMatchObject({ result: 'ignored', reason: 'stale' });
    expect(decideOn(recordAfter({ kind: 'cancelled', id: 'a' }), requeue())).toMatchObject({ result: 'ignored', reason: 'latched' });
  });

  it('[R10] starts lost attempts anew while any are left, then fails with worker-lost', () => {
    const lost = (attempt: number): JobChange => ({ kind: 'lost', id: 'a', attempt, maxAttempts: 3 });
    const twice = recordAfter(at(1), lost(1), at(1), lost(2), at(1));
    expect(twice).toMatchObject({ restarts: 2, job: { attempt: 3, status: 'processing' } });
    expect(decideOn(twice, lost(3))).toMatchObject({
      event: { kind: 'failed' },
      record: { job: { status: 'failed', result: { code: 'worker-lost', error: expect.stringContaining('lost 3 times in a row.') } } },
    });
    const once = { kind: 'lost', id: 'a', attempt: 1, maxAttempts: 1 } as const;
    expect(decideOn(recordAfter(at(1)), once)).toMatchObject({
      record: { job: { result: { code: 'worker-lost', error: expect.stringContaining('The worker was lost. Retry') } } },
    });
    expect(recordAfter(at(1), lost(1), at(1), lost(2), at(1), lost(3), { kind: 'retried', id: 'a' }).restarts).toBe(0);
  });

  it('[R10] takes no attempt for lost that was heard of in time or is another', () => {
    const record = recordAfter(at(1)); // heard of at 1
    const lost = (attempt: number, heartbeatBefore: number): JobChange => ({
      kind: 'lost',
      id: 'a',
      attempt,
      maxAttempts: 3,
      heartbeatBefore,
    });
    expect(decideOn(record, lost(1, 1))).toMatchObject({ result: 'ignored', reason: 'stale' });
    expect(decideOn(record, lost(2, 2))).toMatchObject({ result: 'ignored', reason: 'stale' });
    expect(decideOn(record, lost(1, 2))).toMatchObject({ result: 'accepted' });
    expect(decideOn(recordAfter(), lost(1, 2))).toMatchObject({ result: 'ignored', reason: 'stale' });
  });

  it('[R3] cancels what has not ended, once; retries what failed or was cancelled', () => {
    const cancel: JobChange = { kind: 'cancelled', id: 'a' };
    const cancelled = recordAfter(cancel);
    const completed = recordAfter({ kind: 'reported', id: 'a', status: 'completed' });
    expect(decideOn(cancelled, cancel)).toEqual({ result: 'unchanged', record: cancelled });
    expect(decideOn(completed, cancel)).toEqual({ result: 'refused', code: 'status-conflict' });
    expect(decideOn(completed, { kind: 'retried', id: 'a' })).toEqual({ result: 'refused', code: 'status-conflict' });
    expect(decideOn(cancelled, { kind: 'retried', id: 'a' })).toMatchObject({
      event: { kind: 'retried', job: { attempt: 2, status: 'queued', result: null } },
    });
  });

  it('[R4] lets title, tags and owner of an ended job change, and names the former owner', () => {
    const completed = recordAfter({ kind: 'reported', id: 'a', status: 'completed', result: 7 });
    const { version, bodyVersion } = completed.job;
    expect(decideOn(completed, { kind: 'edited', id: 'a', title: 'New', tags: ['x'] })).toMatchObject({
      event: { kind: 'edited', job: { title: 'New', tags: ['x'], result: 7, bodyVersion: version + 1 } },
    });
    expect(decideOn(completed, { kind: 'edited', id: 'a', userId: 'bob' })).toMatchObject({
      event: { kind: 'edited', previousUserId: 'ann', job: { userId: 'bob', version: version + 1, bodyVersion } },
    });
    expect(decideOn(completed, { kind: 'edited', id: 'a', title: null, tags: [], userId: 'ann' })).toEqual({
      result: 'unchanged',
      record: completed,
    });
  });

  it('[R11] keeps code and sentence of a failure as the result', () => {
    const failed = (change: object) => recordAfter({ kind: 'reported', id: 'a', status: 'failed', ...change }).job.result;
    expect(failed({ error: { code: 'broken', message: 'It broke.' } })).toEqual({ error: 'It broke.', code: 'broken' });
    expect(failed({})).toEqual({ error: 'The job failed.', code: 'failed' });
  });

  it('[R9] removes what has ended, and expires it only when it ended before', () => {
    const ended = recordAfter({ kind: 'cancelled', id: 'a' }); // at 1
    expect(decideOn(recordAfter(), { kind: 'removed', id: 'a' })).toEqual({ result: 'refused', code: 'status-conflict' });
    expect(decideOn(ended, { kind: 'removed', id: 'a', endedBefore: 1 })).toMatchObject({ result: 'ignored', reason: 'stale' });
    expect(decideOn(ended, { kind: 'removed', id: 'a', endedBefore: 2 })).toEqual({
      result: 'accepted',
      record: null,
      event: { kind: 'removed', id: 'a', userId: 'ann', version: 3 },
    });
  });

  it('[C2] begins above the version of a remembered removal', () => {
    const tombstone = { id: 'a', userId: 'ann', version: 8 };
    expect(decide({ record: undefined, tombstone }, { kind: 'created', job }, 0)).toMatchObject({
      record: { job: { version: 9, bodyVersion: 9, attempt: 1 } },
    });
  });

  it('[S7] passes revocations on', () => {
    const revoked: JobChange = { kind: 'revoked', userId: 'ann', jobId: 'a' };
    expect(decide(nothing, revoked, 0)).toEqual({ result: 'accepted', record: null, event: revoked });
  });
});
