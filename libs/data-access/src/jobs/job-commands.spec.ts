import { HttpTestingController } from '@angular/common/http/testing';
import { createEnvironmentInjector, effect, EnvironmentInjector, runInInjectionContext, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { Job } from '@harmonia/contract';
import { ConnectionActions } from '../connection/connection.actions';
import { aHost, settle } from '../harmonia.fixture';
import { injectJob } from './inject-job';
import { injectJobCommands } from './inject-job-commands';
import { JobCommandActions } from './job-commands.actions';
import { NO_COMMANDS } from './job-commands.reducer';
import { JobInbox } from './job-inbox';
import { JobWatches } from './job-watches';
import { aJob, atPercent, jobIn } from './job.fixture';
import { selectAllJobs, selectJobById, selectJobCounts } from './jobs.selectors';

const EPOCH = { headers: { 'Harmonia-Epoch': 'epoch-1' } };
const running = aJob({ status: 'processing', version: 3, progress: atPercent(40) });
const failed = aJob({
  status: 'failed',
  version: 5,
  bodyVersion: 5,
  progress: atPercent(40),
  result: { error: 'It broke.', code: 'broken' },
});

async function setUp(job: Job = running) {
  const host = aHost();
  TestBed.inject(JobWatches).watchJob('job-1');
  await settle();
  host.socket.accept();
  (await host.socket.request()).answer({ jobs: [job] });
  await settle();
  const inbox = TestBed.inject(JobInbox);
  inbox.flush();
  const server = TestBed.inject(HttpTestingController);
  const view = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
  return {
    ...host,
    ref: runInInjectionContext(view, () => injectJob('job-1')),
    counts: host.store.selectSignal(selectJobCounts),
    tell: (told: Job) => {
      host.socket.tell([told]);
      inbox.flush();
    },
    asked: async (command: 'cancel' | 'retry') => {
      await settle();
      return server.expectOne({ method: 'POST', url: `/api/jobs/job-1/${command}` });
    },
    facts: () => host.actions.filter(({ type }) => type.startsWith('[Harmonia Commands]')).map(({ type }) => type),
  };
}

const CONFLICT = { code: 'status-conflict', message: 'It has ended.' } as const;

describe('commands', () => {
  afterEach(() => {
    jest.useRealTimers();
    TestBed.inject(HttpTestingController).verify();
  });

  it('[C10] show what will come at once, everywhere, and never touch the records', async () => {
    const { ref, store, counts, records, asked } = await setUp();
    const before = records();
    ref.cancel();
    expect([ref.job()?.status, ref.pending(), counts().cancelled, counts().active]).toEqual(['cancelled', 'cancel', 1, 0]);
    expect(store.selectSignal(selectAllJobs)()[0]?.status).toBe('cancelled');
    expect(records()).toBe(before);
    (await asked('cancel')).flush(aJob({ ...running, status: 'cancelled', version: 4 }), EPOCH);
    await settle();
    expect([ref.job()?.status, ref.job()?.version, ref.pending(), ref.refusal()]).toEqual(['cancelled', 4, null, null]);
    expect(jobIn(records())?.status).toBe('cancelled');
  });

  it('[C10] do not flicker back between the answer and its frame', async () => {
    const { ref, store, asked, facts } = await setUp();
    const statuses: (string | undefined)[] = [];
    store.select(selectJobById('job-1')).subscribe((job) => statuses.push(job?.status));
    ref.cancel();
    (await asked('cancel')).flush(aJob({ ...running, status: 'cancelled', version: 4 }), EPOCH);
    await settle();
    expect([...new Set(statuses)]).toEqual(['processing', 'cancelled']);
    expect(statuses.at(-1)).toBe('cancelled');
    expect(facts()).toEqual([JobCommandActions.commandIssued.type, JobCommandActions.commandAccepted.type]);
  });

  it('[C10] are rolled back when they are refused, which is told as a fact, until the next one', async () => {
    const { ref, actions, counts, asked } = await setUp();
    ref.cancel();
    (await asked('cancel')).flush({ error: CONFLICT }, { status: 409, statusText: 'Conflict' });
    await settle();
    expect([ref.job(), ref.pending(), counts().cancelled]).toEqual([running, null, 0]);
    expect(ref.refusal()).toEqual({ command: 'cancel', refusal: CONFLICT });
    expect(actions).toContainEqual(
      JobCommandActions.commandRefused({ key: 'cancel-1', id: 'job-1', command: 'cancel', refusal: CONFLICT }),
    );
    ref.cancel();
    expect([ref.job()?.status, ref.refusal()]).toEqual(['cancelled', null]);
    (await asked('cancel')).flush(null, { status: 500, statusText: 'Bad' });
  });

  it('[R2] show the next attempt, queued and without progress or result', async () => {
    const { ref, asked } = await setUp(failed);
    ref.retry();
    expect(ref.job()).toMatchObject({ status: 'queued', attempt: 2, progress: null, result: null });
    expect(ref.progress()).toBeNull();
    (await asked('retry')).flush({ error: CONFLICT }, { status: 409, statusText: 'Conflict' });
    await settle();
    expect(ref.job()).toEqual(failed);
  });

  it('[C1] give way to what the server says meanwhile', async () => {
    const { ref, asked, tell } = await setUp();
    ref.cancel();
    tell(aJob({ ...running, progress: atPercent(60), version: 4 }));
    expect([ref.job()?.status, ref.progress()?.percentage]).toEqual(['cancelled', 60]);
    tell(aJob({ ...running, status: 'completed', version: 5, bodyVersion: 5 }));
    expect(ref.job()?.status).toBe('completed');
    (await asked('cancel')).flush({ error: CONFLICT }, { status: 409, statusText: 'Conflict' });
    await settle();
    expect(ref.job()?.status).toBe('completed');
  });

  it('[C1] foresee nothing of an attempt that came after them, nor what is not allowed', async () => {
    const { ref, asked, tell } = await setUp();
    ref.cancel();
    tell(aJob({ ...running, attempt: 2, version: 4 }));
    expect(ref.job()?.status).toBe('processing');
    (await asked('cancel')).flush(null, { status: 500, statusText: 'Bad' });
    await settle();
    ref.retry();
    expect(ref.job()?.status).toBe('processing');
    (await asked('retry')).flush(null, { status: 500, statusText: 'Bad' });
  });

  it('are given once by an effect, whatever changes afterwards', async () => {
    const { ref, asked, tell, facts } = await setUp();
    const isOver = signal(false);
    TestBed.runInInjectionContext(() => effect(() => isOver() && ref.cancel()));
    isOver.set(true);
    (await asked('cancel')).flush(aJob({ ...running, status: 'cancelled', version: 4 }), EPOCH);
    await settle();
    tell(aJob({ id: 'job-2' }));
    await settle();
    expect(facts()).toEqual([JobCommandActions.commandIssued.type, JobCommandActions.commandAccepted.type]);
  });

  it('take one command of a job at a time', async () => {
    const { ref, asked, facts } = await setUp();
    const commands = TestBed.runInInjectionContext(injectJobCommands);
    ref.cancel();
    commands.cancel('job-1');
    commands.retry('job-1');
    expect(ref.pending()).toBe('cancel');
    (await asked('cancel')).flush({ error: CONFLICT }, { status: 409, statusText: 'Conflict' });
    await settle();
    expect(facts().filter((type) => type === JobCommandActions.commandRefused.type)).toHaveLength(1);
  });

  it('[C9] are refused when nobody answers, and the next sync heals what came of them', async () => {
    const { ref, asked, socket } = await setUp();
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    ref.cancel();
    expect((await asked('cancel')).cancelled).toBe(false);
    await jest.advanceTimersByTimeAsync(5_000);
    expect([ref.refusal()?.refusal.code, ref.job()?.status, ref.pending()]).toEqual(['timeout', 'processing', null]);
    await jest.advanceTimersByTimeAsync(250);
    jest.useRealTimers();
    (await socket.request()).answer({ jobs: [aJob({ ...running, status: 'cancelled', version: 4 })] });
    await settle();
    TestBed.inject(JobInbox).flush();
    expect(ref.job()?.status).toBe('cancelled');
  });

  it('[C10] stay when the socket takes over from polls, and [C8] go when a poll is of another user', async () => {
    const { store, commands } = aHost(() => null);
    const issued = { key: 'cancel-1', id: 'job-1', command: 'cancel', attempt: 1 } as const;
    store.dispatch(ConnectionActions.pollingBegan({ userId: 'ada' }));
    store.dispatch(JobCommandActions.commandIssued(issued));
    store.dispatch(ConnectionActions.sessionAuthenticated({ userId: 'ada' }));
    expect(commands()).toEqual({ pending: { 'job-1': issued }, refused: {}, userId: 'ada' });
    store.dispatch(JobCommandActions.commandRefused({ ...issued, refusal: CONFLICT }));
    store.dispatch(ConnectionActions.pollingBegan({ userId: 'grace' }));
    expect(commands()).toEqual({ ...NO_COMMANDS, userId: 'grace' });
    await settle();
    TestBed.inject(HttpTestingController).expectOne('/api/jobs/job-1/cancel');
  });

  it('[C8] are forgotten when another user comes, and their late answers say nothing', async () => {
    const { ref, store, asked, commands } = await setUp();
    ref.cancel();
    store.dispatch(ConnectionActions.sessionAuthenticated({ userId: 'grace' }));
    expect(commands()).toEqual({ ...NO_COMMANDS, userId: 'grace' });
    (await asked('cancel')).flush({ error: CONFLICT }, { status: 409, statusText: 'Conflict' });
    await settle();
    expect(commands()).toEqual({ ...NO_COMMANDS, userId: 'grace' });
    store.dispatch(ConnectionActions.signedOut());
    expect(commands()).toEqual(NO_COMMANDS);
  });
});
