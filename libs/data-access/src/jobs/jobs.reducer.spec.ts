import type { JobRemoval } from '@harmonia/contract';
import * as fc from 'fast-check';
import { ConnectionActions } from '../connection/connection.actions';
import { JobFrameBuffer } from './job-frame-buffer';
import { aFrame, aJob, anOutcome, aState, atPercent, idsIn, jobIn } from './job.fixture';
import { JobsActions } from './jobs.actions';
import { jobsReducer, NO_RECORDS, type JobRecords } from './jobs.reducer';
import { receivedJob, type ReceivedJob } from './received-job';

const reduce = (frames: readonly Parameters<typeof JobsActions.jobsReceived>[0][], before: JobRecords = NO_RECORDS) =>
  frames.reduce((records, frame) => jobsReducer(records, JobsActions.jobsReceived(frame)), before);

/** One job's past as a server tells it: one message per version, with the body where that version changed it. */
const pastOf = (id: string): fc.Arbitrary<readonly ReceivedJob[]> =>
  fc
    .array(fc.record({ changesBody: fc.boolean(), status: fc.constantFrom('queued', 'processing', 'completed', 'failed', 'cancelled') }), {
      minLength: 1,
      maxLength: 12,
    })
    .map((steps) => {
      let bodyVersion = 1;
      return steps.map(({ changesBody, status }, index) => {
        const version = index + 1;
        if (changesBody) bodyVersion = version;
        const job = aJob({ id, version, bodyVersion, status, progress: atPercent(index), title: `title of ${bodyVersion}` });
        return bodyVersion === version ? receivedJob(job) : { ...receivedJob(job), body: null };
      });
    });

/** What arrives of a past: any part of it, any order, repeated, cut into frames anywhere. */
const arrivalOf = (past: readonly ReceivedJob[]) =>
  fc.array(fc.record({ message: fc.constantFrom(...past), endsFrame: fc.boolean() }), { minLength: 1, maxLength: 40 });

type Arrival = readonly { readonly message: ReceivedJob; readonly endsFrame: boolean }[];

function applied(arrival: Arrival, removal?: JobRemoval & { readonly at: number }): JobRecords {
  const buffer = new JobFrameBuffer();
  buffer.adopt('epoch-1');
  let records = NO_RECORDS;
  const flush = () => {
    const frame = buffer.take();
    if (frame) records = reduce([frame], records);
  };
  arrival.forEach(({ message, endsFrame }, index) => {
    if (removal?.at === index) buffer.add({ epoch: 'epoch-1', jobs: [], removed: [{ id: removal.id, version: removal.version }] });
    buffer.add({ epoch: 'epoch-1', jobs: [message], removed: [] });
    if (endsFrame) flush();
  });
  flush();
  return records;
}

describe('jobsReducer', () => {
  it('[C1] ends on the newest of what arrived, whatever the order, repetition, loss and framing', () => {
    const arrivals = pastOf('job-1').chain(arrivalOf);
    fc.assert(
      fc.property(arrivals, (arrival) => {
        const messages = arrival.map(({ message }) => message);
        const newest = messages.reduce((one, other) => (other.state.version > one.state.version ? other : one));
        const bodies = messages.flatMap(({ body }) => (body ? [body] : []));
        const body = bodies.reduce<(typeof bodies)[number] | null>(
          (one, other) => (other.bodyVersion > (one?.bodyVersion ?? 0) ? other : one),
          null,
        );
        const { title, bodyVersion, ...known } = jobIn(applied(arrival)) ?? aJob();
        expect(known).toMatchObject({ version: newest.state.version, status: newest.state.status, progress: newest.state.progress });
        expect({ title, bodyVersion }).toEqual({ title: body?.title ?? null, bodyVersion: body?.bodyVersion ?? 0 });
      }),
      { numRuns: 2000 },
    );
  });

  it('[C2] keeps a removed job removed, whenever the removal and late answers come', () => {
    const removals = pastOf('job-1').chain((past) => fc.record({ arrival: arrivalOf(past), at: fc.nat(39), past: fc.constant(past) }));
    fc.assert(
      fc.property(removals, ({ arrival, at, past }) => {
        const removal = { id: 'job-1', version: past.length + 1, at: at % arrival.length };
        const records = applied(arrival, removal);
        expect(jobIn(records)).toBeNull();
        expect(records.all).toEqual([]);
        expect(records.tombstones).toEqual({ 'job-1': past.length + 1 });
      }),
      { numRuns: 2000 },
    );
  });

  it('[C1] knows of many jobs what it would know of each alone', () => {
    const ids = Array.from({ length: 5 }, (_, index) => `job-${index}`);
    const pasts = fc.tuple(...ids.map(pastOf)).map((all) => all.flat());
    fc.assert(
      fc.property(pasts.chain(arrivalOf), (arrival) => {
        const together = applied(arrival);
        for (const id of ids) {
          const alone = applied(arrival.filter(({ message }) => message.state.id === id));
          expect(jobIn(together, id)).toEqual(jobIn(alone, id));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('[C2] adds a job that nobody told of before', () => {
    const records = reduce([aFrame([], { jobs: [aState({ version: 7, bodyVersion: 2, status: 'processing' })] })]);
    expect(jobIn(records)).toMatchObject({ status: 'processing', version: 7, title: null, bodyVersion: 0 });
  });

  it('[C2] lets a job return that is newer than its removal, and ignores a removal older than the job', () => {
    const removed = [{ id: 'job-1', version: 5 }];
    expect(jobIn(reduce([aFrame([], { removed }), aFrame([aJob({ version: 6 })])]))).toMatchObject({ version: 6 });
    expect(jobIn(reduce([aFrame([aJob({ version: 6 })]), aFrame([], { removed })]))).toMatchObject({ version: 6 });
    expect(reduce([aFrame([], { removed }), aFrame([aJob({ version: 6 })])]).tombstones).toEqual({});
  });

  it('[C2] remembers the 10,000 jobs removed last', () => {
    const removed = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => ({ id: `job-${from + at}`, version: 2 }));
    const records = reduce([
      aFrame([], { removed: removed(0, 10_000) }),
      aFrame([], { removed: [...removed(10_000, 10_003), { id: 'job-0', version: 3 }] }),
    ]);
    expect(Object.keys(records.tombstones)).toHaveLength(10_000);
    expect(['job-0', 'job-1', 'job-3', 'job-4', 'job-10002'].map((id) => records.tombstones[id])).toEqual([3, undefined, undefined, 2, 2]);
  });

  it('[C2] lets access that came back bring a job back at the version of its removal: by a sync, by nothing else', () => {
    const removed = [{ id: 'job-1', version: 5 }];
    const known = aJob({ version: 5, status: 'processing' });
    const lost = reduce([aFrame([known]), aFrame([], { removed })]);
    expect(jobIn(reduce([aFrame([known])], lost))).toBeNull();
    const back = reduce([aFrame([known], { sync: anOutcome() })], lost);
    expect(jobIn(back)).toEqual(known);
    expect(back.tombstones).toEqual({});
    expect(jobIn(reduce([aFrame([aJob({ version: 4 })], { sync: anOutcome() })], lost))).toBeNull();
  });

  it('[C10] leaves entities as they are when only progress changed', () => {
    const before = reduce([aFrame([aJob({ status: 'processing' }), aJob({ id: 'job-2' })])]);
    const after = reduce([aFrame([], { jobs: [aState({ status: 'processing', version: 2, progress: atPercent(40) })] })], before);
    expect(after.all).toBe(before.all);
    expect(after.rows.slots).toBe(before.rows.slots);
    expect(jobIn(after)?.progress).toEqual(atPercent(40));
  });

  it('[C1] stays the same object when nothing new arrives', () => {
    const before = reduce([aFrame([aJob({ version: 3, bodyVersion: 2 })], { removed: [{ id: 'job-2', version: 4 }] })]);
    const repeated = aFrame([aJob({ version: 3, bodyVersion: 2 }), aJob({ id: 'job-2', version: 4 })]);
    expect(reduce([repeated], before)).toBe(before);
  });

  it('[R2] takes a new attempt that is in the same status', () => {
    const records = reduce([
      aFrame([aJob({ status: 'processing', version: 2 })]),
      aFrame([aJob({ status: 'processing', version: 4, attempt: 2 })]),
    ]);
    expect(jobIn(records)?.attempt).toBe(2);
  });

  it('[C10] has no progress, version or time of change on the entity', () => {
    const [entity] = reduce([aFrame([aJob()])]).all;
    // @ts-expect-error reading progress off the entity does not compile
    expect(entity?.progress).toBeUndefined();
    // @ts-expect-error nor does its version
    expect(entity?.version).toBeUndefined();
    expect(Object.keys(entity ?? {})).not.toContain('updatedAt');
  });

  it('[C3] begins anew when a sync adopts another epoch, tombstones included', () => {
    const old = reduce([aFrame([aJob({ version: 9 }), aJob({ id: 'job-2' })], { removed: [{ id: 'job-3', version: 4 }] })]);
    const records = reduce([aFrame([aJob({ version: 2 })], { epoch: 'epoch-2', sync: anOutcome() })], old);
    expect(records).toMatchObject({ epoch: 'epoch-2', all: [{ id: 'job-1' }], tombstones: {} });
    expect(jobIn(records)?.version).toBe(2);
  });

  it('[S5] drops with the last page of a snapshot what no page told of and nobody named; it was not removed', () => {
    const jobs = ['1', '2', '3', '4', '5'].map((number) => aJob({ id: `job-${number}` }));
    const page = (id: string, list: { reset: boolean; complete: boolean }) =>
      aFrame([aJob({ id })], { sync: anOutcome({ named: ['job-1'], userList: { cursor: 'c', ...list } }) });
    const halfway = reduce([aFrame(jobs), page('job-2', { reset: true, complete: false })]);
    expect(halfway.all).toHaveLength(5);
    const moved = reduce([aFrame([], { jobs: [aState({ id: 'job-3', version: 2 })] })], halfway);
    const records = reduce([page('job-4', { reset: false, complete: true })], moved);
    expect(idsIn(records)).toEqual(['job-1', 'job-2', 'job-3', 'job-4']);
    expect(records).toMatchObject({ tombstones: {}, doubted: {} });
    expect(records.userList).toEqual({ cursor: 'c', complete: true });
    expect(jobIn(reduce([aFrame([aJob({ id: 'job-5' })])], records), 'job-5')).not.toBeNull();
  });

  it('[S5] has a sync answer remove what is newer than was declared', () => {
    const removed = [{ id: 'job-1', version: 2 }];
    const records = reduce([aFrame([aJob({ version: 6 })]), aFrame([], { removed, sync: anOutcome() })]);
    expect(records).toMatchObject({ all: [], tombstones: { 'job-1': 6 } });
  });

  it('[S5] calls a list complete after its last page, and from then on', () => {
    const page = (cursor: string, complete: boolean) => aFrame([], { sync: anOutcome({ userList: { cursor, complete, reset: false } }) });
    expect(reduce([page('a', false)]).userList).toEqual({ cursor: 'a', complete: false });
    expect(reduce([page('a', false), page('b', true), page('c', false)]).userList).toEqual({ cursor: 'c', complete: true });
  });

  it('lists the newest job first, equal ones by id', () => {
    const older = aJob({ id: 'older', createdAt: '2026-01-01T00:00:00.000Z' });
    expect(idsIn(reduce([aFrame([older, aJob({ id: 'b' }), aJob({ id: 'a' })])]))).toEqual(['a', 'b', 'older']);
  });

  it('[C8] forgets everything when another user signs in, or nobody is left', () => {
    const adas = jobsReducer(NO_RECORDS, ConnectionActions.sessionAuthenticated({ userId: 'ada' }));
    const known = reduce([aFrame([aJob()])], adas);
    expect(jobsReducer(known, ConnectionActions.sessionAuthenticated({ userId: 'ada' }))).toBe(known);
    expect(jobsReducer(known, ConnectionActions.sessionAuthenticated({ userId: 'grace' }))).toEqual({ ...NO_RECORDS, userId: 'grace' });
    expect(jobsReducer(known, ConnectionActions.signedOut())).toBe(NO_RECORDS);
  });

  it('[C4] ignores the facts', () => {
    const known = reduce([aFrame([aJob({ status: 'processing' })])]);
    const facts = [
      JobsActions.jobCompleted({ job: aJob({ status: 'completed', version: 99 }) }),
      JobsActions.jobFailed({ id: 'job-1', error: 'It broke.', code: 'broken' }),
      JobsActions.jobStatusUpdated({ id: 'job-1', status: 'cancelled' }),
    ];
    for (const fact of facts) expect(jobsReducer(known, fact)).toBe(known);
  });

  it('[R13] takes type and creation of a job that was created again from its body, where a frame brought its version before', () => {
    const before = { version: 2, status: 'processing', createdAt: '2026-01-01T00:00:00.000Z' } as const;
    const again = { version: 6, status: 'processing', createdAt: '2026-02-02T00:00:00.000Z', jobType: 'video', title: 'Again' } as const;
    const records = reduce([
      aFrame([aJob({ ...before, bodyVersion: 2 })]),
      // the line of a frame says no more than what changes often
      aFrame([], { jobs: [aState({ ...before, version: 6, bodyVersion: 5 })] }),
      aFrame([aJob({ ...again, bodyVersion: 5 })], { sync: anOutcome({ named: ['job-1'] }) }),
    ]);
    expect(jobIn(records)).toMatchObject(again);
  });
});
