import { TestBed } from '@angular/core/testing';
import { aHost } from '../harmonia.fixture';
import { JobInbox } from './job-inbox';
import { aJob, anOutcome, aState } from './job.fixture';
import { JobsActions } from './jobs.actions';

const NOTHING = { epoch: 'epoch-1', jobs: [], removed: [] };

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
    expect([received(), records().ids.length]).toEqual([1, 10]);
    jest.advanceTimersToNextFrame();
    expect(received()).toBe(1);
  });

  it('[C4] takes a sync’s answer and the events of one frame together', () => {
    const { inbox, received, records } = setUp();
    inbox.receive({ ...NOTHING, jobs: [aState({ id: 'job-2' })] });
    inbox.adopt({ ...NOTHING, removed: [{ id: 'job-3', version: 4 }] }, anOutcome());
    jest.advanceTimersToNextFrame();
    expect([received(), records().ids, records().tombstones]).toEqual([1, ['job-2'], { 'job-3': 4 }]);
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
