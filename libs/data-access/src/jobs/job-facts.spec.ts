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

  it('[C4] tells nothing of progress, nor of what the state dropped as old', () => {
    const progress = aState({ status: 'processing', version: 3, progress: atPercent(10) });
    const facts = factsOf([aFrame([running]), aFrame([], { jobs: [progress] }), aFrame([aJob({ version: 1 })])]);
    expect(facts.slice(1)).toEqual([[], []]);
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

  it('[C8] forgets what another user’s jobs were', () => {
    const facts = new JobFacts();
    const frame = aFrame([completed], introduced('job-1'));
    facts.of(aFrame([running]), jobsReducer({ ...NO_RECORDS, userId: 'ada' }, JobsActions.jobsReceived(aFrame([running]))));
    expect(facts.of(frame, jobsReducer({ ...NO_RECORDS, userId: 'grace' }, JobsActions.jobsReceived(frame)))).toEqual([]);
  });
});
