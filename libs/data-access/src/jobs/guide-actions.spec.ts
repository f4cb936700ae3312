import type { Job } from '@harmonia/contract';
import { TestBed } from '@angular/core/testing';
import { createEntityAdapter } from '@ngrx/entity';
import { createReducer, createSelector, on, provideState } from '@ngrx/store';
import { ConnectionActions } from '../connection/connection.actions';
import { aHost } from '../harmonia.fixture';
import { withGuideActions } from '../provide-harmonia';
import { GuideActions as JobsActions } from './guide-actions';
import { JobWatches } from './job-watches';
import { aFrame, aJob, anOutcome, aState, atPercent, idsIn } from './job.fixture';
import { JobsActions as HarmoniaActions } from './jobs.actions';

const jobsAdapter = createEntityAdapter<Job>();
const initialJobsState = jobsAdapter.setAll([aJob(), aJob({ id: 'job-2' })], jobsAdapter.getInitialState());

/** The guide's reducer to the letter, on the host's own slice. */
const jobsReducer = createReducer(
  initialJobsState,

  // Real-time status update
  on(JobsActions.jobStatusUpdated, (state, { id, status }) => jobsAdapter.updateOne({ id, changes: { status } }, state)),

  // Real-time progress update
  on(JobsActions.jobProgressUpdated, (state, { id, progress }) => jobsAdapter.updateOne({ id, changes: { progress } }, state)),

  // Job completed (full update)
  on(JobsActions.jobCompleted, (state, { job }) => jobsAdapter.updateOne({ id: job.id, changes: job }, state)),

  // Job failed
  on(JobsActions.jobFailed, (state, { id, error }) =>
    jobsAdapter.updateOne(
      {
        id,
        changes: {
          status: 'failed',
          result: { error },
        },
      },
      state,
    ),
  ),
);

type HostState = { readonly jobs: typeof initialJobsState };
const selectJobById = (id: string) =>
  createSelector(
    ({ jobs }: HostState) => jobs,
    ({ entities }) => entities[id] ?? null,
  );

function setUp() {
  const host = aHost(() => null, [provideState('jobs', jobsReducer), ...withGuideActions().providers]);
  const job = (id: string) => host.store.selectSignal((state) => selectJobById(id)(state as HostState))();
  return {
    ...host,
    job,
    receive: (...frame: Parameters<typeof aFrame>) => host.store.dispatch(HarmoniaActions.jobsReceived(aFrame(...frame))),
    guides: () => host.actions.filter(({ type }) => type.startsWith('[Jobs] ')),
  };
}

const completed = aJob({ status: 'completed', version: 9, bodyVersion: 9, progress: atPercent(100), result: { outputPath: 'a/b' } });
const failed = aJob({ id: 'job-2', status: 'failed', version: 5, bodyVersion: 5, result: { error: 'It broke.', code: 'broken' } });

describe('withGuideActions', () => {
  it('[C4] brings the guide’s own reducer, on a slice called jobs, to the right end', () => {
    const { receive, job, records } = setUp();
    receive([], { jobs: [aState({ status: 'processing', version: 2 }), aState({ id: 'job-2', status: 'processing', version: 2 })] });
    receive([], { jobs: [aState({ status: 'processing', version: 3, progress: atPercent(40, 'Page 4') })] });
    expect(job('job-1')).toMatchObject({ status: 'processing', progress: { percentage: 40, message: 'Page 4' } });
    receive([completed, failed]);
    expect(job('job-1')).toEqual(completed);
    expect(job('job-2')).toMatchObject({ status: 'failed', result: { error: 'It broke.' } });
    expect([...idsIn(records())].sort()).toEqual(['job-1', 'job-2']);
  });

  it('[C4] says everything under the guide’s types with the guide’s props, each fact once', () => {
    const { receive, guides } = setUp();
    const running = aState({ id: 'job-2', status: 'processing', version: 3, progress: atPercent(10) });
    receive([], { jobs: [running] });
    receive([], { jobs: [running] });
    receive([failed]);
    receive([failed, completed]);
    expect(guides()).toEqual([
      { type: '[Jobs] Job Progress Updated', id: 'job-2', progress: atPercent(10) },
      { type: '[Jobs] Job Status Updated', id: 'job-2', status: 'processing' },
      { type: '[Jobs] Job Progress Updated', id: 'job-2', progress: { current: 0, total: null, percentage: 0, message: '' } },
      { type: '[Jobs] Job Failed', id: 'job-2', error: 'It broke.' },
      { type: '[Jobs] Job Progress Updated', id: 'job-1', progress: atPercent(100) },
      { type: '[Jobs] Job Completed', job: completed },
    ]);
  });

  it('[R2] starts the bar anew with a new attempt', () => {
    const { receive, job } = setUp();
    receive([], { jobs: [aState({ status: 'processing', version: 3, progress: atPercent(80) })] });
    receive([], { jobs: [aState({ status: 'queued', attempt: 2, version: 4 })] });
    expect(job('job-1')).toMatchObject({ status: 'queued', progress: { percentage: 0 } });
  });

  it('[E3] tells of a first snapshot what a plain client hears: named jobs whatever their status, of a list the active ones', () => {
    const { receive, guides } = setUp();
    TestBed.inject(JobWatches).watchJob('job-2');
    const running = aJob({ id: 'job-3', status: 'processing', version: 2 });
    receive([completed, failed, running], { sync: anOutcome({ introduced: ['job-1', 'job-2', 'job-3', 'job-4'] }) });
    const statuses = guides().filter(({ type }) => type !== JobsActions.jobProgressUpdated.type);
    expect(statuses).toEqual([
      JobsActions.jobFailed({ id: 'job-2', error: 'It broke.' }),
      JobsActions.jobStatusUpdated({ id: 'job-3', status: 'processing' }),
    ]);
  });

  it('[C6] tells when the connection is there, and each time it is lost', () => {
    const { store, guides } = setUp();
    const lost = ConnectionActions.connectionLost({ reason: 'cut-off', message: 'It was lost.', attempt: 1, at: 5, retryAt: 9 });
    const declared = ConnectionActions.watchesDeclared({ at: 1 });
    const refused = ConnectionActions.connectionRefused({ refusal: { code: 'origin-forbidden', message: 'Not from here.' } });
    [declared, declared, lost, lost, declared, refused].forEach((action) => store.dispatch(action));
    expect(guides()).toEqual([
      { type: '[Jobs] Real-Time Connection Established' },
      { type: '[Jobs] Real-Time Connection Lost', error: 'It was lost.' },
      { type: '[Jobs] Real-Time Connection Lost', error: 'It was lost.' },
      { type: '[Jobs] Real-Time Connection Established' },
      { type: '[Jobs] Real-Time Connection Lost', error: 'Not from here.' },
    ]);
  });

  it('[C6] tells it again for whoever signs in next, though no connection was lost', () => {
    const { store, guides } = setUp();
    const declared = ConnectionActions.watchesDeclared({ at: 1 });
    const session = (userId: string) => [ConnectionActions.sessionAuthenticated({ userId }), declared, declared];
    [...session('ada'), ConnectionActions.signedOut(), ...session('grace')].forEach((action) => store.dispatch(action));
    expect(guides()).toEqual([JobsActions.realTimeConnectionEstablished(), JobsActions.realTimeConnectionEstablished()]);
  });

  it('says nothing in the guide’s words where nobody asked for it', () => {
    const { store, actions } = aHost(() => null);
    store.dispatch(HarmoniaActions.jobsReceived(aFrame([completed])));
    expect(actions.map(({ type }) => type)).toContain(HarmoniaActions.jobCompleted.type);
    expect(actions.filter(({ type }) => type.startsWith('[Jobs] '))).toEqual([]);
  });
});
