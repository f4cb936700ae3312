import { TestBed } from '@angular/core/testing';
import type { Job, JobStatus } from '@harmonia/contract';
import { Actions } from '@ngrx/effects';
import { aHost } from '../harmonia.fixture';
import { ofJobEvent, type JobEvent } from './job-event';
import { aFrame, aJob, aState, atPercent } from './job.fixture';
import { JobsActions } from './jobs.actions';

const completed = aJob({ status: 'completed', version: 9, bodyVersion: 9, progress: atPercent(100) });
const failed = aJob({ id: 'job-2', status: 'failed', version: 5, bodyVersion: 5, result: { error: 'It broke.', code: 'broken' } });

function setUp() {
  const { store } = aHost(() => null);
  const actions = TestBed.inject(Actions);
  return {
    actions,
    play: () => {
      store.dispatch(JobsActions.jobsReceived(aFrame([], { jobs: [aState({ status: 'processing', version: 2 })] })));
      store.dispatch(
        JobsActions.jobsReceived(aFrame([], { jobs: [aState({ status: 'processing', version: 3, progress: atPercent(7) })] })),
      );
      store.dispatch(JobsActions.jobsReceived(aFrame([completed, failed])));
      store.dispatch(
        JobsActions.jobsReceived(
          aFrame([], {
            removed: [
              { id: 'job-2', version: 6 },
              { id: 'job-9', version: 1 },
            ],
          }),
        ),
      );
    },
  };
}

describe('ofJobEvent', () => {
  it('[C4] picks what happened to jobs by name, in order', () => {
    const { actions, play } = setUp();
    const events: JobEvent[] = [];
    actions.pipe(ofJobEvent('status', 'progress', 'completed', 'failed', 'removed')).subscribe((event) => events.push(event));
    play();
    expect(events).toEqual([
      { name: 'status', id: 'job-1', status: 'processing' },
      { name: 'progress', id: 'job-1', progress: atPercent(7) },
      { name: 'progress', id: 'job-1', progress: atPercent(100) },
      { name: 'completed', id: 'job-1', job: completed },
      { name: 'failed', id: 'job-2', error: 'It broke.', code: 'broken' },
      { name: 'removed', id: 'job-2' },
    ]);
  });

  it('leaves out what was not named, in its types too', () => {
    const { actions, play } = setUp();
    const done: Job[] = [];
    const statuses: JobStatus[] = [];
    actions.pipe(ofJobEvent('completed')).subscribe(({ job }) => done.push(job));
    actions.pipe(ofJobEvent('status')).subscribe(({ status }) => statuses.push(status));
    // @ts-expect-error a failure has no job
    actions.pipe(ofJobEvent('failed')).subscribe(({ job }) => expect(job).toBeUndefined());
    play();
    expect([done, statuses]).toEqual([[completed], ['processing']]);
  });
});
