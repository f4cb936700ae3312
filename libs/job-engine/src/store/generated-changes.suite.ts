import type { Job, ProgressReport } from '@harmonia/contract';
import fc from 'fast-check';
import type { JobChange, NewJob, ReportedChange } from './job-change.js';
import { decide, type Decision, type Known } from './job-decision.js';
import type { JobEvent } from './job-event.js';

/** The few jobs and users of generated changes: few, so that changes meet. */
export const GENERATED_IDS = ['a', 'b', 'c'] as const;
export const GENERATED_USERS = ['ann', 'bob'] as const;

const id = fc.constantFrom(...GENERATED_IDS);
const userId = fc.constantFrom(...GENERATED_USERS);
const attempt = fc.integer({ min: 1, max: 4 });
const title = fc.option(fc.constantFrom('A title', 'Another title'));
const tags = fc.subarray(['red', 'green', 'blue']);
const time = fc.integer({ min: 0, max: 200 });

/** Leaves out what is undefined, as callers do. */
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const progress: fc.Arbitrary<ProgressReport> = fc.record({
  current: fc.oneof(fc.nat(12), fc.double({ min: 0, max: 1e9, noNaN: true })),
  total: fc.option(fc.oneof(fc.integer({ min: 1, max: 10 }), fc.double({ min: 1e-9, max: 1e9, noNaN: true }))),
  message: fc.constantFrom('', 'half', 'nearly'),
});

const ending: fc.Arbitrary<Pick<ReportedChange, 'status' | 'result' | 'error'>> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom({}, { status: 'processing' as const }) },
  { weight: 1, arbitrary: fc.constantFrom({ status: 'completed' as const }, { status: 'completed' as const, result: { pages: 3 } }) },
  { weight: 1, arbitrary: fc.constant({ status: 'failed' as const, error: { code: 'broken', message: 'It broke.' } }) },
  { weight: 1, arbitrary: fc.constant({ status: 'cancelled' as const }) },
);

const newJob: fc.Arbitrary<NewJob> = fc.record({
  id,
  userId,
  jobType: fc.constant('simulate'),
  title,
  tags,
  input: fc.constant({ steps: 3 }),
});

const reported: fc.Arbitrary<ReportedChange> = fc
  .tuple(id, optional(attempt), optional(fc.integer({ min: 1, max: 9 })), optional(progress), ending)
  .map(([of, ofAttempt, sequence, reportedProgress, end]) =>
    defined({ kind: 'reported' as const, id: of, attempt: ofAttempt, sequence, progress: reportedProgress, ...end }),
  );

const lifecycle: fc.Arbitrary<JobChange> = fc.oneof(
  fc.record({ kind: fc.constant('requeued' as const), id, attempt: optional(attempt), reason: fc.constantFrom('interrupted', 'retrying') }),
  fc.record({
    kind: fc.constant('lost' as const),
    id,
    attempt,
    maxAttempts: fc.integer({ min: 1, max: 3 }),
    heartbeatBefore: optional(time),
  }),
  fc.record({ kind: fc.constant('cancelled' as const), id }),
  fc.record({ kind: fc.constant('retried' as const), id }),
  fc.record({ kind: fc.constant('edited' as const), id, title: optional(title), tags: optional(tags), userId: optional(userId) }),
);

const removed: fc.Arbitrary<JobChange> = fc.record({ kind: fc.constant('removed' as const), id, endedBefore: optional(time) });
const revoked: fc.Arbitrary<JobChange> = fc.record({ kind: fc.constant('revoked' as const), userId, jobId: optional(id) });

/** Any change of a few jobs; `withRemovals: false` leaves out what makes a job begin anew. */
export function generatedChange({ withRemovals }: { withRemovals: boolean }): fc.Arbitrary<JobChange> {
  const always = [
    { weight: 3, arbitrary: newJob.map((job) => ({ kind: 'created' as const, job })) },
    { weight: 9, arbitrary: reported },
    { weight: 5, arbitrary: lifecycle.map(defined) },
  ];
  const gone = [
    { weight: 1, arbitrary: removed.map(defined) },
    { weight: 1, arbitrary: revoked.map(defined) },
  ];
  return fc.oneof(...always, ...(withRemovals ? gone : []));
}

/** What a plain fold of {@link decide} over changes keeps: the model that every store is compared with [R6]. */
export class FoldedJobs {
  readonly known = new Map<string, Known>();
  readonly events: JobEvent[] = [];

  /** What is known under an id. */
  of(jobId: string): Known {
    return this.known.get(jobId) ?? { record: undefined, tombstone: undefined };
  }

  /** Decides one change and keeps what comes of it. */
  apply(change: JobChange, now: number): Decision {
    const jobId = jobOf(change);
    const decision = decide(jobId === undefined ? { record: undefined, tombstone: undefined } : this.of(jobId), change, now);
    if (decision.result === 'unchanged') this.known.set(decision.record.job.id, { record: decision.record, tombstone: undefined });
    if (decision.result !== 'accepted') return decision;
    this.events.push(decision.event);
    if (decision.record) this.known.set(decision.record.job.id, { record: decision.record, tombstone: undefined });
    else if (decision.event.kind === 'removed') this.#bury(decision.event);
    return decision;
  }

  #bury({ id: jobId, userId: owner, version }: { id: string; userId: string; version: number }): void {
    this.known.set(jobId, { record: undefined, tombstone: { id: jobId, userId: owner, version } });
  }
}

/** The id of the job that a change is about. */
export function jobOf(change: JobChange): string | undefined {
  if (change.kind === 'created') return change.job.id;
  return change.kind === 'revoked' ? undefined : change.id;
}

/** A job's body, the part that `bodyVersion` follows. */
export function bodyOf({ title: name, tags: labels, input, result }: Job): Pick<Job, 'title' | 'tags' | 'input' | 'result'> {
  return { title: name, tags: labels, input, result };
}

function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as T;
}
