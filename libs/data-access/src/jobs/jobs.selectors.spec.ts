import { selectConnection } from '../harmonia.feature';
import { aHost } from '../harmonia.fixture';
import { aFrame, aJob, aState, atPercent } from './job.fixture';
import { JobsActions } from './jobs.actions';
import {
  selectAllJobs,
  selectJobById,
  selectJobCounts,
  selectJobProgress,
  selectJobsByStatus,
  selectJobsByTag,
  selectJobsByType,
} from './jobs.selectors';

const progress = (percentage: number, version: number) =>
  JobsActions.jobsReceived(aFrame([], { jobs: [aState({ status: 'processing', version, progress: atPercent(percentage) })] }));

function setUp() {
  const { store } = aHost(() => null);
  store.dispatch(JobsActions.jobsReceived(aFrame([aJob({ status: 'processing' }), aJob({ id: 'job-2' })])));
  return store;
}

describe('selectors', () => {
  it('[C10] do not rebuild the list on progress', () => {
    const store = setUp();
    const all = store.selectSignal(selectAllJobs);
    const before = all();
    for (let version = 2; version <= 50; version++) store.dispatch(progress(version, version));
    expect(all()).toBe(before);
    store.dispatch(JobsActions.jobsReceived(aFrame([aJob({ status: 'completed', version: 51 })])));
    expect(all()).not.toBe(before);
  });

  it('[C10] leave a job as it is while others change, and join both of its parts', () => {
    const store = setUp();
    const first = store.selectSignal(selectJobById('job-1'));
    const second = store.selectSignal(selectJobById('job-2'));
    const before = second();
    store.dispatch(progress(40, 2));
    expect(second()).toBe(before);
    expect(first()).toEqual(aJob({ status: 'processing', version: 2, progress: atPercent(40) }));
    expect(store.selectSignal(selectJobProgress('job-1'))()).toEqual(atPercent(40));
  });

  it('answer null for what is not known', () => {
    const store = setUp();
    expect(store.selectSignal(selectJobById('job-3'))()).toBeNull();
    expect(store.selectSignal(selectJobProgress('job-3'))()).toBeNull();
    expect(store.selectSignal(selectConnection)()).toEqual({ phase: 'idle' });
  });

  it('count by status, and what is active', () => {
    const store = setUp();
    const counts = store.selectSignal(selectJobCounts);
    store.dispatch(JobsActions.jobsReceived(aFrame([aJob({ id: 'job-3', status: 'failed' }), aJob({ id: 'job-4', status: 'failed' })])));
    expect(counts()).toEqual({ queued: 1, processing: 1, completed: 0, failed: 2, cancelled: 0, active: 2, total: 4 });
  });

  it('[C10] pick by status, tag and type, one memory per argument, and do not rebuild on progress', () => {
    const store = setUp();
    store.dispatch(JobsActions.jobsReceived(aFrame([aJob({ id: 'job-3', tags: ['red'], jobType: 'pdf-notes', status: 'failed' })])));
    const picks = [selectJobsByStatus('failed'), selectJobsByTag('red'), selectJobsByType('pdf-notes')];
    const read = () => [...picks.map((pick) => store.selectSignal(pick)()), store.selectSignal(selectJobCounts)()];
    const before = read();
    expect(before.slice(0, 3)).toMatchObject([[{ id: 'job-3' }], [{ id: 'job-3' }], [{ id: 'job-3' }]]);
    for (let version = 2; version <= 50; version++) store.dispatch(progress(version, version));
    read().forEach((now, index) => expect(now).toBe(before[index]));
    expect(selectJobsByStatus('failed')).toBe(picks[0]);
    expect(selectJobsByStatus('queued')).not.toBe(picks[0]);
    expect(store.selectSignal(selectJobsByTag('blue'))()).toEqual([]);
  });
});
