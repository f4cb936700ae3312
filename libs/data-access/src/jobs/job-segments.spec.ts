import type { JobState } from '@harmonia/contract';
import * as fc from 'fast-check';
import { EMPTY_TABLE, TableDraft, withoutRows, type BucketTable } from './bucket-table';
import { entityOf } from './job-entity';
import { entityIn, isUntouched, jobIn, withEntities, withoutEntities, type KnownJobs } from './job-segments';
import { aJob } from './job.fixture';
import { receivedJob } from './received-job';

const NOTHING: KnownJobs = { rows: EMPTY_TABLE, segments: [] };
const ID = fc.nat(150).map((number) => `job-${number}`);
const STEP = fc.oneof(fc.record({ put: fc.uniqueArray(ID), title: fc.string() }), fc.record({ drop: fc.array(ID) }));

function withJobs(known: KnownJobs, jobs: readonly ReturnType<typeof aJob>[]): KnownJobs {
  const draft = new TableDraft<JobState>(known.rows);
  const received = jobs.map(receivedJob);
  for (const { state } of received) draft.put(state.id, state);
  const rows: BucketTable<JobState> = draft.table();
  const entities = received.map(({ state, body }) => entityOf(state, body));
  return { rows, segments: withEntities(known.segments, rows.slots, entities) };
}

const withoutJobs = ({ rows, segments }: KnownJobs, ids: readonly string[]): KnownJobs => ({
  rows: withoutRows(rows, ids),
  segments: withoutEntities(segments, rows.slots, ids),
});

describe('JobSegments', () => {
  it('hold what a map would hold after any steps, each job in the segment of its slot', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 30 }), (steps) => {
        const map = new Map<string, string>();
        let known = NOTHING;
        for (const step of steps) {
          if ('put' in step) for (const id of step.put) map.set(id, step.title);
          else for (const id of step.drop) map.delete(id);
          known =
            'put' in step
              ? withJobs(
                  known,
                  step.put.map((id) => aJob({ id, title: step.title })),
                )
              : withoutJobs(known, step.drop);
        }
        for (let number = 0; number <= 150; number++) expect(jobIn(known, `job-${number}`)?.title).toBe(map.get(`job-${number}`));
        expect(known.segments.reduce((sum, { ids }) => sum + ids.length, 0)).toBe(map.size);
      }),
      { numRuns: 300 },
    );
  });

  it('[C10] copy only the segment of an entity that changed', () => {
    const before = withJobs(
      NOTHING,
      Array.from({ length: 200 }, (_, index) => aJob({ id: `job-${index}` })),
    );
    const after = withJobs(before, [aJob({ id: 'job-70', title: 'Another' })]);
    expect(after.segments.map((segment, index) => segment === before.segments[index])).toEqual([true, true, false, true, true, true, true]);
    expect(['job-70', 'job-71', 'job-1'].map((id) => isUntouched(before, after, id))).toEqual([false, false, true]);
    expect(entityIn(before, 'job-70')?.title).not.toBe('Another');
  });
});
