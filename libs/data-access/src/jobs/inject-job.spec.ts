import { computed, createEnvironmentInjector, EnvironmentInjector, runInInjectionContext, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { JobFailure, JobStatus } from '@harmonia/contract';
import { aHost, settle } from '../harmonia.fixture';
import { ConnectionActions } from '../connection/connection.actions';
import { injectJob, injectJobProgress } from './inject-job';
import { injectJobs } from './inject-jobs';
import { JobWatches } from './job-watches';
import { aFrame, aJob, anOutcome, aState, atPercent } from './job.fixture';
import { JobsActions } from './jobs.actions';
import { selectCommandRefusal, selectJobById, selectPendingCommand } from './jobs.selectors';

declare module '@harmonia/contract' {
  interface JobTypes {
    'word-count': { input: { text: string }; result: { words: number } };
  }
}

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

  it.each(['constructor', 'toString', '__proto__'])('[R8] shows nothing of %j, whatever else is known', (id) => {
    const { receive, store } = setUp();
    receive([aJob({ progress: atPercent(40) })]);
    const { ref } = aView(() => injectJob(id));
    expect([ref.phase(), ref.job(), ref.progress(), ref.pending(), ref.refusal()]).toEqual(['absent', null, null, null, null]);
    expect(aView(() => injectJobProgress(signal(id))).ref()).toBeNull();
    const selected = [selectJobById, selectPendingCommand, selectCommandRefusal].map((select) => store.selectSignal<unknown>(select(id))());
    expect(selected).toEqual([null, null, null]);
  });

  it('is typed by a key of JobTypes', () => {
    const { receive } = setUp();
    const { ref } = aView(() => injectJob<'word-count'>('job-1'));
    receive([aJob({ status: 'completed', input: { text: 'a b' }, result: { words: 2 } })]);
    const text: string | undefined = ref.job()?.input?.text;
    const result: { words: number } | JobFailure | null | undefined = ref.job()?.result;
    // @ts-expect-error its input has no such field
    expect([text, result, ref.job()?.input?.nothing]).toEqual(['a b', { words: 2 }, undefined]);
  });

  it('refuses to be called outside an injection context', () => {
    expect(() => injectJob('job-1')).toThrow(/NG0203/);
  });

  it('[C5] refuses to be called in a computed, which would watch once more whenever it runs', () => {
    const { watches } = setUp();
    const ref = computed(() => aView(() => injectJob('job-1')).ref);
    expect(ref).toThrow(/NG0602/);
    expect(watches.jobIds).toEqual([]);
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
    const { leave } = aView(() => injectJobs());
    expect(watches.userList).toBe(true);
    leave();
    expect(watches.userList).toBe(false);
  });

  it('shows the user’s own jobs, and says when the list was told of', async () => {
    const { socket, store } = aHost();
    const { ref } = aView(() => injectJobs());
    await settle();
    socket.accept();
    await settle();
    expect([ref.loaded(), ref.jobs()]).toEqual([false, []]);
    const sync = anOutcome({ userList: { cursor: 'c', complete: true, reset: true } });
    store.dispatch(JobsActions.jobsReceived(aFrame([aJob(), aJob({ id: 'job-2', userId: 'grace' })], { sync })));
    expect([ref.loaded(), ref.jobs().map(({ id }) => id)]).toEqual([true, ['job-1']]);
  });

  it('narrows by a filter, and follows one that changes', () => {
    const { store, receive } = setUp();
    store.dispatch(ConnectionActions.sessionAuthenticated({ userId: 'ada' }));
    receive([aJob(), aJob({ id: 'job-2', status: 'failed', title: 'Broken' })]);
    const status = signal<JobStatus>('failed');
    const { ref } = aView(() => injectJobs(computed(() => ({ status: status() }))));
    const { ref: fixed } = aView(() => injectJobs({ text: 'BROKEN' }));
    expect([ref.jobs().map(({ id }) => id), fixed.jobs().map(({ id }) => id)]).toEqual([['job-2'], ['job-2']]);
    status.set('queued');
    expect(ref.jobs().map(({ id }) => id)).toEqual(['job-1']);
  });
});
