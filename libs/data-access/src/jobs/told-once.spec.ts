import { isTerminal, type Job } from '@harmonia/contract';
import type { Action } from '@ngrx/store';
import * as fc from 'fast-check';
import { JobFacts } from './job-facts';
import type { JobNews } from './job-frame';
import { JobFrameBuffer } from './job-frame-buffer';
import { aFrame, aJob, aState, anOutcome, atPercent } from './job.fixture';
import { jobIn } from './job-segments';
import { JobsActions, type JobProgressed } from './jobs.actions';
import { jobsReducer, NO_RECORDS, type JobRecords } from './jobs.reducer';
import type { ReceivedJob } from './received-job';
import { ModelServer } from './server.fixture';

/** What an action says became of a job, as one word. */
function said(action: Action & { readonly job?: Job; readonly id?: string; readonly status?: string }): string {
  return `${action.type} ${action.job?.id ?? action.id} ${action.job?.status ?? action.status ?? ''}`;
}

const progressedIn = (action: Action & { readonly jobs?: readonly JobProgressed[] }): readonly string[] =>
  (action.jobs ?? []).map(({ id }) => id);

/** What a fact has to say of a job that was so and is so now; nothing where it stands as it stood. */
function due(before: Job | null, after: Job): readonly string[] {
  const { id, status, attempt } = after;
  const last = before?.createdAt === after.createdAt ? before : { status: 'queued', attempt: 1 };
  if (last.status === status && last.attempt === attempt) return [];
  if (status === 'completed') return [`${JobsActions.jobCompleted.type} ${id} completed`];
  return [status === 'failed' ? `${JobsActions.jobFailed.type} ${id} ` : `${JobsActions.jobStatusUpdated.type} ${id} ${status}`];
}

/** As it would come off the wire again. */
const parsedAnew = ({ state, body }: ReceivedJob): ReceivedJob => ({
  state: { ...state, progress: state.progress && { ...state.progress } },
  body,
});

/** A client that takes messages, and checks each frame's facts against the states before and after it. */
class Client {
  ends = 0;
  private readonly buffer = new JobFrameBuffer();
  private readonly facts = new JobFacts();
  private records: JobRecords = NO_RECORDS;

  constructor(private readonly server: ModelServer) {
    this.buffer.adopt(server.epoch);
  }

  hear(news: JobNews): void {
    this.buffer.add(news);
  }

  draw(): void {
    const frame = this.buffer.take();
    if (!frame) return;
    const before = this.records;
    this.records = jobsReducer(before, JobsActions.jobsReceived(frame));
    this.check(this.facts.of(frame, this.records), before);
  }

  private check(facts: readonly Action[], earlier: JobRecords): void {
    const steps: string[] = [];
    const news: string[] = [];
    for (const id of this.server.ids) {
      const before = jobIn(earlier, id);
      const after = jobIn(this.records, id);
      if (before && !after) news.push(`${JobsActions.jobRemoved.type} ${id} `);
      if (!after) continue;
      if (after.progress !== (before?.progress ?? null)) steps.push(id);
      // one that is back after its removal is not judged here: whether that is news depends on what it was before
      if (before || !(id in earlier.tombstones)) news.push(...due(before, after));
      if (isTerminal(after.status) && before?.status !== after.status) this.ends++;
    }
    const judged = facts.filter((fact) => fact.type !== JobsActions.jobsProgressed.type && !this.isBack(fact, earlier));
    expect(judged.map(said).sort()).toEqual(news.sort());
    const told = facts.flatMap((fact) => (fact.type === JobsActions.jobsProgressed.type ? progressedIn(fact) : []));
    expect(told.sort()).toEqual(steps.sort());
  }

  private isBack(fact: Action & { readonly job?: Job; readonly id?: string }, earlier: JobRecords): boolean {
    const id = fact.job?.id ?? fact.id ?? '';
    return id in earlier.tombstones && !(id in earlier.rows.slots);
  }
}

describe('facts', () => {
  it('[C4] are told exactly once, whatever comes together, in whatever order and however often', () => {
    let ends = 0;
    // kinds of change as the model server counts them: most are progress or an end
    const change = fc.record({ job: fc.nat(2), kind: fc.constantFrom(0, 1, 2, 3, 4, 5, 5, 6, 7, 9, 9, 9, 9) });
    const message = { changes: fc.array(change, { maxLength: 5 }), again: fc.array(fc.nat(), { maxLength: 4 }) };
    const step = fc.record({ ...message, isReversed: fc.boolean(), draws: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 60, size: 'max' }), (steps) => {
        const server = new ModelServer();
        const client = new Client(server);
        const heard: JobNews[] = [];
        for (const { changes, again, isReversed, draws } of steps) {
          const news = changes.flatMap(({ job, kind }) => server.change(server.ids[job] ?? 'job-1', kind) ?? []);
          heard.push(...news);
          const all = [...news, ...again.flatMap((at) => heard[at % heard.length] ?? [])];
          if (isReversed) all.reverse();
          client.hear({
            epoch: server.epoch,
            jobs: all.flatMap(({ jobs }) => jobs.map(parsedAnew)),
            removed: all.flatMap(({ removed }) => removed),
          });
          if (draws) client.draw();
        }
        client.draw();
        ends += client.ends;
      }),
      { numRuns: 1000 },
    );
    expect(ends).toBeGreaterThan(1000);
  });

  it('[C4] are told once of a job that one message holds twice, beside others that only progress', () => {
    const facts = new JobFacts();
    const running = aState({ status: 'processing', version: 2, progress: atPercent(10) });
    const records = jobsReducer(NO_RECORDS, JobsActions.jobsReceived(aFrame([], { jobs: [running] })));
    facts.of(aFrame([], { jobs: [running] }), records);
    const end = aJob({ status: 'completed', version: 4, bodyVersion: 4, progress: atPercent(100) });
    const frame = aFrame([], {
      jobs: [
        aState({ status: 'processing', version: 3, progress: atPercent(20) }),
        aFrame([end]).jobs[0] ?? running,
        aFrame([end]).jobs[0] ?? running,
      ],
    });
    expect(facts.of(frame, jobsReducer(records, JobsActions.jobsReceived(frame)))).toEqual([
      JobsActions.jobsProgressed({ jobs: [{ id: 'job-1', progress: atPercent(100) }] }),
      JobsActions.jobCompleted({ job: end }),
    ]);
  });

  it('[C4] are told once of a job that a sync names, and lists too', () => {
    const facts = new JobFacts();
    const running = aFrame([aJob({ status: 'processing', version: 2 })]);
    const records = jobsReducer(NO_RECORDS, JobsActions.jobsReceived(running));
    facts.of(running, records);
    const end = aJob({ status: 'completed', version: 4, bodyVersion: 4 });
    const both = aFrame([end, { ...end }], { sync: anOutcome({ named: ['job-1'] }) });
    const ended = jobsReducer(records, JobsActions.jobsReceived(both));
    expect(facts.of(both, ended)).toEqual([JobsActions.jobCompleted({ job: end })]);
    const removed = [4, 4].map((version) => ({ id: 'job-1', version }));
    const gone = aFrame([], { removed, sync: anOutcome() });
    expect(facts.of(gone, jobsReducer(ended, JobsActions.jobsReceived(gone)))).toEqual([JobsActions.jobRemoved({ id: 'job-1' })]);
  });
});
