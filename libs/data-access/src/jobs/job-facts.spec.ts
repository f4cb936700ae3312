import { JobFacts } from './job-facts';
import { aFrame, aJob, anOutcome, aState, atPercent } from './job.fixture';
import type { JobFrame } from './job-frame';
import { JobsActions } from './jobs.actions';
import { jobsReducer, NO_RECORDS } from './jobs.reducer';

/** Plays frames one after the other, and collects the facts of each. */
function factsOf(frames: readonly JobFrame[]) {
  const facts = new JobFacts();
  let records = NO_RECORDS;
  return frames.map((frame) => {
    records = jobsReducer(records, JobsActions.jobsReceived(frame));
    return facts.of(frame, records);
  });
}

const running = aJob({ status: 'processing', version: 2 });
const completed = aJob({ status: 'completed', version: 9, bodyVersion: 9, result: { words: 3 } });
const introduced = (id: string) => ({ sync: anOutcome({ introduced: [id] }) });

describe('JobFacts', () => {
  it('[C4] tells of each change of status once', () => {
    const failed = aJob({ status: 'failed', version: 9, bodyVersion: 9, result: { error: 'It broke.', code: 'broken' } });
    const facts = factsOf([aFrame([aJob()]), aFrame([running]), aFrame([running]), aFrame([failed]), aFrame([failed])]);
    expect(facts).toEqual([
      [],
      [JobsActions.jobStatusUpdated({ id: 'job-1', status: 'processing' })],
      [],
      [JobsActions.jobFailed({ id: 'job-1', error: 'It broke.', code: 'broken' })],
      [],
    ]);
  });

  it('[C4] tells nothing from a first snapshot', () => {
    expect(factsOf([aFrame([completed], introduced('job-1'))])).toEqual([[]]);
  });

  it('[C4] tells of what a later sync brings, also of jobs that were not known', () => {
    const facts = factsOf([
      aFrame([running], introduced('job-1')),
      aFrame([completed, aJob({ ...completed, id: 'job-2' })], { sync: anOutcome() }),
    ]);
    expect(facts[1]).toEqual([
      JobsActions.jobCompleted({ job: completed }),
      JobsActions.jobCompleted({ job: { ...completed, id: 'job-2' } }),
    ]);
  });

  it('[C4] tells of every attempt anew', () => {
    const again = aJob({ status: 'queued', attempt: 2, version: 10 });
    const twice = aJob({ status: 'completed', attempt: 2, version: 11, bodyVersion: 11 });
    const facts = factsOf([aFrame([completed]), aFrame([again]), aFrame([twice])]);
    expect(facts.flat().map(({ type }) => type)).toEqual([
      JobsActions.jobCompleted.type,
      JobsActions.jobStatusUpdated.type,
      JobsActions.jobCompleted.type,
    ]);
  });

  it('[C4] tells the progress of a frame in one fact, and nothing of what the state dropped as old', () => {
    const steps = [aState({ status: 'processing', version: 3, progress: atPercent(10) }), aState({ id: 'job-2', progress: atPercent(5) })];
    const old = aState({ status: 'processing', version: 2, progress: atPercent(4) });
    const facts = factsOf([aFrame([running]), aFrame([], { jobs: steps }), aFrame([], { jobs: [old, ...steps] })]);
    const progressed = [
      { id: 'job-1', progress: atPercent(10) },
      { id: 'job-2', progress: atPercent(5) },
    ];
    expect(facts.slice(1)).toEqual([[JobsActions.jobsProgressed({ jobs: progressed })], []]);
  });

  it('[R2] tells that a new attempt has no progress yet', () => {
    const before = aState({ status: 'processing', version: 3, progress: atPercent(80) });
    const again = aState({ status: 'processing', version: 4, attempt: 2 });
    const facts = factsOf([aFrame([], { jobs: [before] }), aFrame([], { jobs: [again] })]);
    expect(facts[1]?.[0]).toEqual(JobsActions.jobsProgressed({ jobs: [{ id: 'job-1', progress: null }] }));
  });

  it('[C2] tells that a job is gone, once, and only of one that was known', () => {
    const removed = [
      { id: 'job-1', version: 10 },
      { id: 'job-2', version: 3 },
    ];
    const facts = factsOf([aFrame([completed]), aFrame([], { removed }), aFrame([], { removed })]);
    expect(facts.slice(1)).toEqual([[JobsActions.jobRemoved({ id: 'job-1' })], []]);
  });

  it('[C4] tells what ended in an epoch that was rolled back only once', () => {
    const facts = factsOf([aFrame([completed]), aFrame([completed], { epoch: 'epoch-2', sync: anOutcome() })]);
    expect(facts[1]).toEqual([]);
  });

  it('forgets what a removed job was', () => {
    const facts = factsOf([
      aFrame([completed]),
      aFrame([], { removed: [{ id: 'job-1', version: 10 }] }),
      aFrame([aJob({ status: 'cancelled', version: 11 })], introduced('job-1')),
    ]);
    expect(facts[2]).toEqual([]);
  });

  it('[C2] tells nothing anew of a job that is back as it was, and what became of it meanwhile', () => {
    const gone = aFrame([], { removed: [{ id: 'job-1', version: 9 }] });
    const back = { sync: anOutcome() };
    expect(factsOf([aFrame([completed]), gone, aFrame([completed], back)])[2]).toEqual([]);
    const facts = factsOf([aFrame([running]), gone, aFrame([aJob({ ...completed, version: 10 })], back)]);
    expect(facts[2]).toEqual([JobsActions.jobCompleted({ job: { ...completed, version: 10 } })]);
  });

  it('[R13] takes a job that was created again under its id for a new one', () => {
    const again = aJob({ ...completed, version: 12, bodyVersion: 12, createdAt: '2026-04-01T10:00:00.000Z' });
    expect(factsOf([aFrame([completed]), aFrame([again])])[1]).toEqual([JobsActions.jobCompleted({ job: again })]);
  });

  it('[C8] forgets what another user’s jobs were', () => {
    const facts = new JobFacts();
    const frame = aFrame([completed], introduced('job-1'));
    facts.of(aFrame([running]), jobsReducer({ ...NO_RECORDS, userId: 'ada' }, JobsActions.jobsReceived(aFrame([running]))));
    expect(facts.of(frame, jobsReducer({ ...NO_RECORDS, userId: 'grace' }, JobsActions.jobsReceived(frame)))).toEqual([]);
  });
});
