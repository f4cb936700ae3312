import { TestBed } from '@angular/core/testing';
import type { FramedJob, Job } from '@harmonia/contract';
import { aHost } from '../harmonia.fixture';
import { JobInbox } from './job-inbox';
import { aJob, anOutcome, aState, atPercent, idsIn, jobIn } from './job.fixture';
import { JobsActions } from './jobs.actions';
import { receivedJob } from './received-job';

const NOTHING = { epoch: 'epoch-1', jobs: [], removed: [] };

/** What a line of a frame says. */
function framed(changes: Partial<Job> = {}): FramedJob {
  const { id, version, status, attempt, bodyVersion, updatedAt, progress } = aJob(changes);
  return { id, version, status, attempt, bodyVersion, updatedAt, progress };
}

function setUp() {
  jest.useFakeTimers();
  const host = aHost(() => null);
  const inbox = TestBed.inject(JobInbox);
  let gaps = 0;
  inbox.syncNeeded.subscribe(() => gaps++);
  inbox.adopt(NOTHING, anOutcome());
  inbox.flush();
  const received = () => host.actions.filter(({ type }) => type === JobsActions.jobsReceived.type).length - 1;
  return { ...host, inbox, received, gaps: () => gaps };
}

describe('JobInbox', () => {
  afterEach(() => jest.useRealTimers());

  it('[C4] makes one action of what one animation frame brings', () => {
    const { inbox, received, records } = setUp();
    for (let version = 1; version <= 1000; version++) inbox.receive({ ...NOTHING, jobs: [aState({ version, id: `job-${version % 10}` })] });
    expect(received()).toBe(0);
    jest.advanceTimersToNextFrame();
    expect([received(), idsIn(records()).length]).toEqual([1, 10]);
    jest.advanceTimersToNextFrame();
    expect(received()).toBe(1);
  });

  it('[S5] takes a sync’s answer at once, as later than all that was gathered before it', () => {
    const { inbox, received, records } = setUp();
    inbox.receive({ ...NOTHING, jobs: [aState({ id: 'job-2' }), aState({ id: 'job-3', version: 4 })] });
    inbox.adopt({ ...NOTHING, removed: [{ id: 'job-3', version: 1 }] }, anOutcome());
    expect([received(), idsIn(records()), records().tombstones]).toEqual([2, ['job-2'], { 'job-3': 4 }]);
    const list = { cursor: 'c', complete: true, reset: true };
    inbox.receive({ ...NOTHING, jobs: [aState({ id: 'job-4' })] });
    inbox.adopt(NOTHING, anOutcome({ userList: list }));
    expect(idsIn(records())).toEqual([]);
  });

  it('[C2] takes of an HTTP answer that is older than a sync answer what that leaves standing', () => {
    const { inbox, records } = setUp();
    const list = { cursor: 'c', complete: true, reset: true };
    const answer = (...ids: string[]) => ({ ...NOTHING, jobs: ids.map((id) => aState({ id, version: 9 })) });
    const before = inbox.moment;
    inbox.adopt({ ...answer('job-1'), removed: [{ id: 'job-2', version: 1 }] }, anOutcome());
    inbox.receive(answer('job-1', 'job-2', 'job-3'), before);
    inbox.flush();
    expect(idsIn(records())).toEqual(['job-1', 'job-3']);
    inbox.adopt(answer('job-1'), anOutcome({ userList: list }));
    inbox.receive(answer('job-1', 'job-4'), before);
    inbox.receive(answer('job-5'), inbox.moment);
    inbox.flush();
    expect(idsIn(records())).toEqual(['job-1', 'job-5']);
  });

  it('[C2] does not believe an HTTP answer about a job that a snapshot has not come to, when it is older than that', () => {
    const { inbox, records } = setUp();
    const page = (list: { reset: boolean; complete: boolean }) => inbox.adopt(NOTHING, anOutcome({ userList: { cursor: 'c', ...list } }));
    inbox.receive({ ...NOTHING, jobs: [aState(), aState({ id: 'job-2' })] });
    const before = inbox.moment;
    page({ reset: true, complete: false });
    inbox.receive({ ...NOTHING, jobs: [aState({ version: 2 })] }, before);
    inbox.receive({ ...NOTHING, jobs: [aState({ id: 'job-2', version: 2 })] }, inbox.moment);
    page({ reset: false, complete: true });
    expect(idsIn(records())).toEqual(['job-2']);
  });

  it('[C8] does not answer the next user what the one before asked', () => {
    const { inbox, records } = setUp();
    const before = inbox.moment;
    inbox.clear();
    inbox.adopt(NOTHING, anOutcome());
    inbox.receive({ ...NOTHING, jobs: [aState()] }, before);
    inbox.flush();
    expect(idsIn(records())).toEqual([]);
  });

  it('[C3] asks for a sync, and changes nothing, when what arrives is of another epoch', () => {
    const { inbox, received, gaps } = setUp();
    inbox.receive({ ...NOTHING, epoch: 'epoch-2', jobs: [aState()] });
    jest.advanceTimersToNextFrame();
    expect([received(), gaps()]).toEqual([0, 1]);
  });

  it('[S5] asks for a sync when a body is behind, not when it came along or is held', () => {
    const { inbox, gaps } = setUp();
    inbox.adopt({ ...NOTHING, jobs: [{ state: aJob({ version: 5, bodyVersion: 3 }), body: null }] }, anOutcome());
    inbox.flush();
    expect(gaps()).toBe(1);
    inbox.receive({
      ...NOTHING,
      jobs: [{ ...aState({ version: 6, bodyVersion: 6 }), body: { bodyVersion: 6, title: null, tags: [], input: null, result: null } }],
    });
    inbox.flush();
    inbox.receive({ ...NOTHING, jobs: [aState({ version: 7, bodyVersion: 6 })] });
    inbox.flush();
    expect(gaps()).toBe(1);
  });

  it('[E4] completes a frame by what is known, the newest of what was gathered first', () => {
    const { inbox, records, gaps } = setUp();
    inbox.adopt({ ...NOTHING, jobs: [receivedJob(aJob()), receivedJob(aJob({ id: 'job-2', jobType: 'pdf-notes' }))] }, anOutcome());
    inbox.receive({ ...NOTHING, jobs: [aState({ version: 2, userId: 'grace' })] });
    inbox.receiveFrame({ epoch: 'epoch-1', jobs: [framed({ version: 3, progress: atPercent(30) }), framed({ id: 'job-2', version: 2 })] });
    inbox.flush();
    expect(jobIn(records())).toMatchObject({ userId: 'grace', title: 'A job', progress: { percentage: 30 } });
    expect(jobIn(records(), 'job-2')).toMatchObject({ jobType: 'pdf-notes', version: 2 });
    expect(gaps()).toBe(0);
  });

  it('[C1] drops a line of a frame that is not newer', () => {
    const { inbox, records } = setUp();
    inbox.adopt({ ...NOTHING, jobs: [receivedJob(aJob({ status: 'completed', version: 4 }))] }, anOutcome());
    inbox.receiveFrame({ epoch: 'epoch-1', jobs: [framed({ version: 3, status: 'processing' })] });
    inbox.flush();
    expect(jobIn(records())?.status).toBe('completed');
  });

  it('[C2] asks for a job that a frame tells of and nobody knows, and takes the others; what is gone stays gone', () => {
    const { inbox, records, gaps } = setUp();
    inbox.adopt({ ...NOTHING, jobs: [receivedJob(aJob())], removed: [{ id: 'gone', version: 4 }] }, anOutcome());
    inbox.receiveFrame({ epoch: 'epoch-1', jobs: [framed({ id: 'gone', version: 4 }), framed({ version: 2 })] });
    inbox.flush();
    expect([gaps(), idsIn(records()), jobIn(records())?.version]).toEqual([0, ['job-1'], 2]);
    inbox.receiveFrame({ epoch: 'epoch-1', jobs: [framed({ id: 'gone', version: 5 })] });
    inbox.receiveFrame({ epoch: 'epoch-1', jobs: [framed({ id: 'new' })] });
    inbox.flush();
    expect([gaps(), idsIn(records())]).toEqual([2, ['job-1']]);
  });

  it('[S5] asks for a body that a frame says has changed', () => {
    const { inbox, gaps } = setUp();
    inbox.adopt({ ...NOTHING, jobs: [receivedJob(aJob())] }, anOutcome());
    inbox.receiveFrame({ epoch: 'epoch-1', jobs: [framed({ version: 3, bodyVersion: 2 })] });
    inbox.flush();
    expect(gaps()).toBe(1);
  });

  it('[C3] drops a frame of an epoch that is not adopted, and asks for a sync', () => {
    const { inbox, records, gaps } = setUp();
    inbox.adopt({ ...NOTHING, jobs: [receivedJob(aJob())] }, anOutcome());
    inbox.receiveFrame({ epoch: 'epoch-2', jobs: [framed({ version: 9 })] });
    inbox.flush();
    expect([jobIn(records())?.version, gaps()]).toEqual([1, 1]);
  });

  it('forgets what it gathered when it is cleared', () => {
    const { inbox, received } = setUp();
    inbox.receive({ ...NOTHING, jobs: [aState()] });
    inbox.clear();
    inbox.flush();
    inbox.receive({ ...NOTHING, jobs: [aState()] });
    jest.advanceTimersToNextFrame();
    expect(received()).toBe(0);
  });
});
