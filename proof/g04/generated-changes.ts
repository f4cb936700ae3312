import type { ProgressReport } from '@harmonia/contract';
import type { JobChange } from '@harmonia/job-engine';
import * as fc from 'fast-check';

/** The few jobs and users of a sequence: few, so that changes meet. The last is never created. */
export const IDS = ['a', 'b', 'c'] as const;
export const USERS = ['ann', 'bob'] as const;

/** What a clock of the campaign moves on by before each batch, in ms: more than what stores round signs of life to. */
export const TICK = 10_000;

/** A change whose ids are short and whose times are ages, in ticks: made whole by {@link changeOf}. */
export type GeneratedChange = JobChange extends infer Change
  ? Change extends { endedBefore?: number } | { heartbeatBefore?: number }
    ? Omit<Change, 'endedBefore' | 'heartbeatBefore'> & { readonly age?: number }
    : Change
  : never;

const id = fc.constantFrom(...IDS);
const userId = fc.constantFrom(...USERS);
const attempt = fc.integer({ min: 1, max: 4 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const age = optional(fc.integer({ min: -1, max: 3 }));

/** Short ones travel with their event, long ones are read when it is heard of. */
const longText = 'long '.repeat(200);
const body = fc.constantFrom<unknown>(null, { pages: 3 }, ['ä', 'ö', '\u2028', ' "quoted" \\'], 0.1, longText);
const title = fc.option(fc.constantFrom('A title', 'Another title', 'ὄνομα'));
const tags = fc.subarray(['red', 'green', 'blue']);

const progress: fc.Arbitrary<ProgressReport> = fc.record({
  current: fc.oneof(fc.nat(12), fc.double({ min: 0, max: 1e9, noNaN: true })),
  total: fc.option(fc.oneof(fc.integer({ min: 1, max: 10 }), fc.double({ min: 1e-9, max: 1e9, noNaN: true }))),
  message: fc.constantFrom('', 'half', 'nearly\nthere'),
});

const created = fc.record({ id, userId, jobType: fc.constantFrom('simulate', 'external'), title, tags, input: body });

const ending = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom({}, { status: 'processing' as const }) },
  { weight: 1, arbitrary: body.map((result) => ({ status: 'completed' as const, result })) },
  { weight: 1, arbitrary: fc.constant({ status: 'failed' as const, error: { code: 'broken', message: 'It broke.' } }) },
  { weight: 1, arbitrary: fc.constant({ status: 'cancelled' as const }) },
);

const reported = fc
  .tuple(id, optional(attempt), optional(fc.integer({ min: 1, max: 9 })), optional(progress), ending)
  .map(([of, ofAttempt, sequence, told, end]) => ({
    kind: 'reported' as const,
    id: of,
    ...(ofAttempt && { attempt: ofAttempt }),
    ...(sequence && { sequence }),
    ...(told && { progress: told }),
    ...end,
  }));

const kind = <Kind extends string>(name: Kind) => fc.constant(name);

const change: fc.Arbitrary<GeneratedChange> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: kind('created'), job: created }) },
  { weight: 18, arbitrary: reported },
  { weight: 2, arbitrary: fc.record({ kind: kind('requeued'), id, reason: fc.constantFrom('interrupted', 'retrying') }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('lost'), id, attempt, maxAttempts: fc.integer({ min: 1, max: 3 }), age }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('cancelled'), id }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('retried'), id }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('edited'), id, title, tags }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('edited'), id, userId }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('removed'), id, age }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('revoked'), userId }) },
);

/** What happens to a few jobs: batches of changes, and how what is told of them reaches the client. */
export interface Sequence {
  readonly batches: readonly (readonly GeneratedChange[])[];
  /** Decides which news reach the client together, in which order, and which twice. */
  readonly network: number;
}

/** Any sequence. */
export const sequences: fc.Arbitrary<Sequence> = fc.record({
  batches: fc.array(fc.array(change, { minLength: 1, maxLength: 10 }), { minLength: 1, maxLength: 10, size: 'max' }),
  network: fc.nat(),
});

/** The change as the stores take it: of the jobs and users of one run, with times for ages. */
export function changeOf(generated: GeneratedChange, inRun: (name: string) => string, now: number): JobChange {
  switch (generated.kind) {
    case 'created': {
      const { job } = generated;
      return { kind: 'created', job: { ...job, id: inRun(job.id), userId: inRun(job.userId) } };
    }
    case 'revoked':
      return { kind: 'revoked', userId: inRun(generated.userId) };
    case 'edited': {
      const { userId: owner, ...edit } = generated;
      return { ...edit, id: inRun(edit.id), ...(owner !== undefined && { userId: inRun(owner) }) };
    }
    case 'lost': {
      const { age: ticks, ...lost } = generated;
      return { ...lost, id: inRun(lost.id), ...(ticks !== undefined && { heartbeatBefore: now - ticks * TICK }) };
    }
    case 'removed': {
      const { age: ticks, ...removed } = generated;
      return { ...removed, id: inRun(removed.id), ...(ticks !== undefined && { endedBefore: now - ticks * TICK }) };
    }
    default:
      return { ...generated, id: inRun(generated.id) };
  }
}
