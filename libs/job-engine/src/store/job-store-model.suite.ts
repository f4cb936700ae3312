import type { Job, JobHistoryEntry } from '@harmonia/contract';
import fc from 'fast-check';
import { FoldedJobs, GENERATED_IDS, generatedChange } from './generated-changes.suite.js';
import type { ChangeOutcome, JobRecord } from './job-change.js';
import type { Decision } from './job-decision.js';
import type { JobEvent } from './job-event.js';
import { followProbe, PROPERTY_TIMEOUT, type ReopenedStore } from './store-probe.suite.js';

/** The store equals a plain fold of `decide` [G4, R6]: what it answers, keeps, tells and remembers. */
export function describeBesideModel(reopen: ReopenedStore): void {
  it(
    '[G4, R6] decides, keeps, tells and remembers what the model does, in whatever batches',
    async () => {
      const batches = fc.array(fc.array(generatedChange({ withRemovals: true }), { maxLength: 12 }), { maxLength: 12, size: 'max' });
      await fc.assert(
        fc.asyncProperty(batches, async (generated) => {
          const [store, model] = [await reopen(), new FoldedJobs()];
          const probe = await followProbe(store);
          for (const batch of generated) {
            const expected = batch.map((change) => model.apply(change, Date.now()));
            expect((await store.apply(batch)).map(timeless)).toEqual(expected.map(timeless));
          }
          const { records } = await store.read(GENERATED_IDS);
          for (const id of GENERATED_IDS) {
            const [kept, expected] = [records.get(id), model.of(id).record];
            expect(kept && timelessRecord(kept)).toEqual(expected && timelessRecord(expected));
            expect((await store.history(id)).map(timelessEntry)).toEqual(historyOf(id, model.events));
          }
          expect((await probe.settled()).map(timelessEvent)).toEqual(model.events.map(timelessEvent));
        }),
        { numRuns: 60 },
      );
    },
    PROPERTY_TIMEOUT,
  );
}

/** The model and the store do not look at the same clock at the same time. */
const timelessJob = (job: Job): Job => ({ ...job, createdAt: '', updatedAt: '' });

function timelessRecord(record: JobRecord): JobRecord {
  return { ...record, job: timelessJob(record.job), heartbeatAt: 0, endedAt: record.endedAt === null ? null : 0 };
}

/** A decision or an outcome, without what only one of them has: event and epoch. */
function timeless(decided: Decision | ChangeOutcome): object {
  const record = 'record' in decided && decided.record ? timelessRecord(decided.record) : null;
  return { ...decided, event: null, epoch: null, record };
}

const timelessEvent = (event: JobEvent): object => ('job' in event ? { ...event, job: timelessJob(event.job) } : event);

const timelessEntry = (entry: JobHistoryEntry): JobHistoryEntry => ({ ...entry, at: '' });

/** What a history holds, by the events of a job since it was created [R9]; too few here to reach the limit of 100. */
function historyOf(id: string, events: readonly JobEvent[]): object[] {
  const removed = events.findLastIndex((event) => event.kind === 'removed' && event.id === id);
  return events.slice(removed + 1).flatMap((event) => {
    if (!('job' in event) || event.job.id !== id || event.kind === 'edited') return [];
    const { version, attempt, status, progress } = event.job;
    const entry = { version, attempt, at: '', status, progress };
    return [event.kind === 'requeued' ? { ...entry, reason: event.reason } : entry];
  });
}
