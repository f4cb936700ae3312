import { computed, createEnvironmentInjector, EnvironmentInjector, runInInjectionContext, signal, type Signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { StoreDevtools, provideStoreDevtools } from '@ngrx/store-devtools';
import * as fc from 'fast-check';
import { ConnectionActions } from '../connection/connection.actions';
import { aHost, settle } from '../harmonia.fixture';
import { injectJob, injectJobProgress } from './inject-job';
import { JobChanges } from './job-changes';
import { JobCommandActions } from './job-commands.actions';
import { aFrame, aJob, aState, anOutcome, atPercent } from './job.fixture';
import { JobsActions } from './jobs.actions';
import { selectCommandRefusal, selectJobById, selectPendingCommand } from './jobs.selectors';

/** A view: an injection context that can be destroyed. */
function aView<Ref>(make: () => Ref) {
  const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
  return { ref: runInInjectionContext(injector, make), leave: () => injector.destroy() };
}

/** How often what is read from a signal was computed again. */
function counted<Value>(source: Signal<Value>) {
  let runs = 0;
  const read = computed(() => {
    runs++;
    return source();
  });
  return { read, runs: () => runs };
}

const progress = (id: string, version: number) =>
  JobsActions.jobsReceived(aFrame([], { jobs: [aState({ id, status: 'processing', version, progress: atPercent(version) })] }));

const IDS = ['job-1', 'job-2', 'job-3'] as const;
const id = fc.constantFrom(...IDS);
const key = fc.constantFrom('a', 'b');
const command = fc.constantFrom('cancel', 'retry');
const job = fc.record({
  id,
  status: fc.constantFrom('queued', 'processing', 'failed'),
  version: fc.integer({ min: 1, max: 9 }),
  attempt: fc.integer({ min: 1, max: 2 }),
  progress: fc.constantFrom(null, atPercent(20), atPercent(60)),
});
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(job, { minLength: 1, maxLength: 3 })
      .map((jobs) => aFrame(jobs.map((one) => aJob({ ...one, bodyVersion: one.version })))),
  },
  { weight: 2, arbitrary: fc.record({ id, version: fc.integer({ min: 1, max: 9 }) }).map((removal) => aFrame([], { removed: [removal] })) },
  fc.array(job).map((jobs) => aFrame(jobs.map(aJob), { sync: anOutcome({ userList: { cursor: 'c', complete: true, reset: true } }) })),
);
const step = fc.oneof(
  { weight: 8, arbitrary: action.map((frame) => JobsActions.jobsReceived(frame)) },
  { weight: 2, arbitrary: fc.record({ key, id, command, attempt: fc.integer({ min: 1, max: 2 }) }).map(JobCommandActions.commandIssued) },
  fc.record({ key, id, command }).map(JobCommandActions.commandAccepted),
  fc
    .record({ key, id, command })
    .map((one) => JobCommandActions.commandRefused({ ...one, refusal: { code: 'forbidden', message: 'Not you.' } })),
  fc.constantFrom(ConnectionActions.signedOut(), ConnectionActions.sessionAuthenticated({ userId: 'grace' })),
);

describe('JobChanges', () => {
  it('[C10] has a view of one job computed when that job has changed, and not when others have', async () => {
    const { store } = aHost(() => null);
    const views = IDS.map((one) => aView(() => injectJob(one)));
    await settle();
    store.dispatch(JobsActions.jobsReceived(aFrame(IDS.map((one) => aJob({ id: one })))));
    const [first, second] = views.map(({ ref }) => counted(ref.job));
    for (let version = 2; version <= 11; version++) {
      store.dispatch(progress('job-1', version));
      expect([first?.read()?.version, second?.read()?.version]).toEqual([version, 1]);
    }
    expect([first?.runs(), second?.runs()]).toEqual([10, 1]);
  });

  it('[C10] follows progress that nobody watches by name, in the same way', async () => {
    const { store } = aHost(() => null);
    const { ref } = aView(() => injectJobProgress(signal('job-1')));
    await settle();
    store.dispatch(progress('job-1', 2));
    const shown = counted(ref);
    expect(shown.read()).toEqual(atPercent(2));
    for (const version of [2, 3, 4]) store.dispatch(progress('job-2', version));
    expect([shown.read(), shown.runs()]).toEqual([atPercent(2), 1]);
    store.dispatch(progress('job-1', 5));
    expect(shown.read()).toEqual(atPercent(5));
  });

  it('[C10] shows at any time what the selectors say of the store, whatever has changed it', async () => {
    const host = aHost(() => null, [provideStoreDevtools()]);
    const devtools = TestBed.inject(StoreDevtools);
    const { store } = host;
    const views = IDS.map((one) => ({ one, ...aView(() => injectJob(one)) }));
    await settle();
    const compare = () => {
      for (const { one, ref } of views) {
        expect(ref.job()).toEqual(store.selectSignal(selectJobById(one))());
        expect(ref.pending()).toEqual(store.selectSignal(selectPendingCommand(one))());
        expect(ref.refusal()).toEqual(store.selectSignal(selectCommandRefusal(one))());
        expect(ref.progress()).toEqual(ref.job()?.progress ?? null);
        expect(ref.phase()).toBe(ref.job() ? 'present' : one in host.records().tombstones ? 'absent' : 'loading');
      }
    };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat(), (steps, back) => {
        for (const one of steps) {
          store.dispatch(one);
          compare();
        }
        // time travel, and on from there
        devtools.jumpToState(back % (steps.length + 1));
        compare();
        store.dispatch(ConnectionActions.signedOut());
        compare();
        devtools.reset();
        compare();
      }),
      { numRuns: 200 },
    );
  });

  it('shows whoever subscribes to the store what the store says at that moment', async () => {
    const { store } = aHost(() => null);
    const { ref } = aView(() => injectJob('job-1'));
    await settle();
    const seen: (number | undefined)[] = [];
    store.select(selectJobById('job-1')).subscribe((one) => seen.push(one?.version, ref.job()?.version));
    store.dispatch(JobsActions.jobsReceived(aFrame([aJob()])));
    store.dispatch(progress('job-1', 2));
    expect(seen).toEqual([undefined, undefined, 1, 1, 2, 2]);
  });

  it('forgets a job when its last view goes, and one that a view has left', async () => {
    const { store } = aHost(() => null);
    const changes = TestBed.inject(JobChanges);
    const current = signal('job-1');
    const views = [aView(() => injectJob(current)), aView(() => injectJob('job-1')), aView(() => injectJobProgress(current))];
    await settle();
    expect(changes.size).toBe(1);
    current.set('job-2');
    await settle();
    expect(changes.size).toBe(2);
    store.dispatch(progress('job-2', 2));
    expect([views[0]?.ref, views[2]?.ref].map((ref) => (typeof ref === 'function' ? ref() : ref?.progress()))).toEqual([
      atPercent(2),
      atPercent(2),
    ]);
    views.forEach(({ leave }) => leave());
    expect(changes.size).toBe(0);
  });

  it('does not let a view that is gone show for ever what it saw last', async () => {
    const { store } = aHost(() => null);
    const { ref, leave } = aView(() => injectJob('job-1'));
    await settle();
    store.dispatch(progress('job-1', 2));
    expect(ref.progress()).toEqual(atPercent(2));
    leave();
    store.dispatch(progress('job-1', 3));
    expect(ref.progress()).toEqual(atPercent(3));
  });
});
