import { createEnvironmentInjector, EnvironmentInjector, runInInjectionContext, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { aHost, settle } from '../harmonia.fixture';
import { injectJob, injectJobProgress } from './inject-job';
import { injectJobs } from './inject-jobs';
import { JobWatches } from './job-watches';
import { aFrame, aJob, anOutcome, aState, atPercent } from './job.fixture';
import { JobsActions } from './jobs.actions';

/** A view: an injection context that can be destroyed. */
function aView<Ref>(make: () => Ref) {
  const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
  return { ref: runInInjectionContext(injector, make), leave: () => injector.destroy() };
}

function setUp() {
  const host = aHost(() => null);
  return {
    ...host,
    watches: TestBed.inject(JobWatches),
    receive: (...frame: Parameters<typeof aFrame>) => host.store.dispatch(JobsActions.jobsReceived(aFrame(...frame))),
  };
}

describe('injectJob', () => {
  it('[C5] watches for as long as its view lives, two views as one', async () => {
    const { watches } = setUp();
    const views = [aView(() => injectJob('job-1')), aView(() => injectJob('job-1'))];
    await settle();
    expect(watches.jobIds).toEqual(['job-1']);
    views[0]?.leave();
    expect(watches.jobIds).toEqual(['job-1']);
    views[1]?.leave();
    expect(watches.jobIds).toEqual([]);
  });

  it('[C5] follows its id: leaves the one job and watches the other', async () => {
    const { watches, receive } = setUp();
    const id = signal('job-1');
    const { ref, leave } = aView(() => injectJob(id));
    await settle();
    receive([aJob(), aJob({ id: 'job-2', status: 'processing' })]);
    expect(ref.job()).toMatchObject({ id: 'job-1', status: 'queued' });
    id.set('job-2');
    await settle();
    expect(watches.jobIds).toEqual(['job-2']);
    expect([ref.id(), ref.job()?.status]).toEqual(['job-2', 'processing']);
    leave();
    expect(watches.jobIds).toEqual([]);
  });

  it('is loading, then present with its progress, then absent', () => {
    const { receive } = setUp();
    const { ref } = aView(() => injectJob('job-1'));
    expect([ref.phase(), ref.job(), ref.progress()]).toEqual(['loading', null, null]);
    receive([aJob({ status: 'processing', progress: atPercent(40) })]);
    expect([ref.phase(), ref.job()?.progress, ref.progress()]).toEqual(['present', atPercent(40), atPercent(40)]);
    receive([], { removed: [{ id: 'job-1', version: 9 }] });
    expect([ref.phase(), ref.job()]).toEqual(['absent', null]);
  });

  it.each(['constructor', '../etc', ''])('[R8] never declares %j, which is no id of a job', async (id) => {
    const { watches } = setUp();
    const { ref } = aView(() => injectJob(id));
    await settle();
    expect([ref.phase(), watches.jobIds]).toEqual(['absent', []]);
  });

  it('refuses to be called outside an injection context', () => {
    expect(() => injectJob('job-1')).toThrow(/NG0203/);
  });
});

describe('injectJobProgress', () => {
  it('follows progress without watching', async () => {
    const { watches, receive } = setUp();
    const { ref } = aView(() => injectJobProgress(signal('job-1')));
    await settle();
    receive([], { jobs: [aState({ progress: atPercent(12) })] });
    expect([ref(), watches.jobIds]).toEqual([atPercent(12), []]);
  });
});

describe('injectJobs', () => {
  it('[C5] watches the list for as long as its view lives', () => {
    const { watches } = setUp();
    const { leave } = aView(injectJobs);
    expect(watches.userList).toBe(true);
    leave();
    expect(watches.userList).toBe(false);
  });

  it('shows the user’s own jobs, and says when the list was told of', async () => {
    const { socket, store } = aHost();
    const { ref } = aView(injectJobs);
    await settle();
    socket.accept();
    await settle();
    expect([ref.loaded(), ref.jobs()]).toEqual([false, []]);
    const sync = anOutcome({ userList: { cursor: 'c', complete: true } });
    store.dispatch(JobsActions.jobsReceived(aFrame([aJob(), aJob({ id: 'job-2', userId: 'grace' })], { sync })));
    expect([ref.loaded(), ref.jobs().map(({ id }) => id)]).toEqual([true, ['job-1']]);
  });
});
