import { TestBed } from '@angular/core/testing';
import type { Job, JobListChanges } from '@harmonia/contract';
import { aHost, settle } from '../harmonia.fixture';
import { aJob, aState, idsIn } from './job.fixture';
import { JobInbox } from './job-inbox';
import { JobsActions } from './jobs.actions';
import { JobWatches } from './job-watches';

const listOf = (jobs: readonly Job[], changes: Partial<JobListChanges> = {}): JobListChanges => ({
  cursor: 'cursor-1',
  reset: true,
  more: false,
  jobs: [...jobs],
  removed: [],
  ...changes,
});

async function connected(watch: (watches: JobWatches) => void = () => undefined) {
  const host = aHost();
  const watches = TestBed.inject(JobWatches);
  watch(watches);
  await settle();
  host.socket.accept();
  await settle();
  return { ...host, watches, flush: () => TestBed.inject(JobInbox).flush() };
}

describe('JobSync', () => {
  afterEach(() => jest.useRealTimers());

  it('[S5] declares every watch in one request after connecting, and is live when it is answered [C5]', async () => {
    const { socket, connection, records, flush } = await connected((watches) => {
      watches.watchJob('job-1');
      watches.watchJob('job-2');
      watches.watchUserList();
    });
    const first = await socket.request();
    expect(first.declared).toEqual({ epoch: null, jobs: { 'job-1': 0, 'job-2': 0 }, user: null });
    expect(connection().phase).toBe('catching-up');
    first.answer({ jobs: [aJob()], removed: [{ id: 'job-2', version: 0 }], user: listOf([aJob({ id: 'job-3' })]) });
    await settle();
    expect(connection().phase).toBe('live');
    flush();
    expect([...idsIn(records())].sort()).toEqual(['job-1', 'job-3']);
    expect(records()).toMatchObject({ tombstones: { 'job-2': 0 }, userList: { cursor: 'cursor-1', complete: true }, epoch: 'epoch-1' });
    expect(socket.requests).toEqual([]);
  });

  it('[C5] makes one request of what changes in one microtask', async () => {
    const { socket, watches } = await connected();
    (await socket.request()).answer({});
    await settle();
    ['job-1', 'job-2', 'job-3'].forEach((id) => watches.watchJob(id));
    expect(Object.keys((await socket.request()).declared.jobs)).toEqual(['job-1', 'job-2', 'job-3']);
  });

  it('[C5] has one request under way, and makes one of all that changes meanwhile', async () => {
    const { socket, watches } = await connected();
    const first = await socket.request();
    const ends: (() => void)[] = [];
    for (const id of ['job-1', 'job-2', 'job-3']) {
      ends.push(watches.watchJob(id));
      await settle();
    }
    expect(socket.requests).toEqual([]);
    first.answer({});
    const second = await socket.request();
    expect(Object.keys(second.declared.jobs)).toEqual(['job-1', 'job-2', 'job-3']);
    ends[0]?.();
    second.answer({});
    const third = await socket.request();
    expect(Object.keys(third.declared.jobs)).toEqual(['job-2', 'job-3']);
    third.answer({});
    await settle();
    expect(socket.requests).toEqual([]);
  });

  it('[S5] says what it holds already, and a body that is behind by its own version', async () => {
    const { socket, watches, flush } = await connected((all) => all.watchJob('job-1'));
    (await socket.request()).answer({ jobs: [aJob({ version: 3, bodyVersion: 2 })] });
    await settle();
    watches.watchJob('job-2');
    const second = await socket.request();
    expect(second.declared).toEqual({ epoch: 'epoch-1', jobs: { 'job-1': 3, 'job-2': 0 } });
    second.answer({});
    await settle();
    socket.tell([], { jobs: [aState({ version: 6, bodyVersion: 5 })] });
    flush();
    watches.watchJob('job-3');
    const third = await socket.request();
    expect(third.declared.jobs).toEqual({ 'job-1': 2, 'job-2': 0, 'job-3': 0 });
  });

  it('[S5] asks on from the cursor while the list has more, and is live after the last page', async () => {
    const { socket, connection, records, flush } = await connected((watches) => watches.watchUserList());
    (await socket.request()).answer({ user: listOf([aJob()], { cursor: 'page-1', more: true }) });
    const second = await socket.request();
    expect(second.declared).toMatchObject({ epoch: 'epoch-1', user: 'page-1' });
    expect(connection().phase).toBe('catching-up');
    second.answer({ user: listOf([aJob({ id: 'job-2' })], { cursor: 'page-2', reset: false }) });
    await settle();
    flush();
    expect(connection().phase).toBe('live');
    expect(idsIn(records())).toHaveLength(2);
  });

  it.each(['frame before', 'same frame'])('[C2] brings a job back with its access, and removes one told anew in the %s', async (frame) => {
    const { socket, watches, records, flush } = await connected((all) => all.watchJob('job-1'));
    (await socket.request()).answer({ jobs: [aJob({ version: 5 })] });
    await settle();
    socket.tell([], { removed: [{ id: 'job-1', version: 5 }] });
    watches.watchJob('job-2');
    const regained = await socket.request();
    expect(idsIn(records())).toEqual([]);
    expect(regained.declared.jobs).toEqual({ 'job-1': 0, 'job-2': 0 });
    socket.tell([aJob({ version: 5 })]);
    flush();
    expect(idsIn(records())).toEqual([]);
    regained.answer({ jobs: [aJob({ version: 5 })] });
    await settle();
    flush();
    expect(idsIn(records())).toEqual(['job-1']);
    watches.watchJob('job-3');
    const removing = await socket.request();
    socket.tell([], { jobs: [aState({ version: 6 })] });
    if (frame === 'frame before') flush();
    removing.answer({ removed: [{ id: 'job-1', version: 5 }] });
    await settle();
    flush();
    expect(records()).toMatchObject({ all: [], tombstones: { 'job-1': 6 } });
  });

  it('[C4] tells no facts from the first that is said of a watched job', async () => {
    const { socket, watches, actions, flush } = await connected((all) => all.watchUserList());
    (await socket.request()).answer({ user: listOf([]) });
    await settle();
    flush();
    watches.watchJob('job-1');
    (await socket.request()).answer({
      jobs: [aJob({ status: 'completed', version: 5, bodyVersion: 5 })],
      user: listOf([], { reset: false }),
    });
    await settle();
    flush();
    expect(actions.filter(({ type }) => type === JobsActions.jobCompleted.type)).toEqual([]);
  });

  it('[C4] tells no facts from a first snapshot, but of what a later sync brings', async () => {
    const { socket, watches, actions, flush } = await connected((all) => all.watchUserList());
    const done = aJob({ status: 'completed', version: 5, bodyVersion: 5 });
    (await socket.request()).answer({ user: listOf([done]) });
    await settle();
    flush();
    watches.watchJob('job-1');
    (await socket.request()).answer({ user: listOf([aJob({ ...done, id: 'job-2' })], { reset: false }) });
    await settle();
    flush();
    expect(actions.filter(({ type }) => type === JobsActions.jobCompleted.type)).toEqual([
      JobsActions.jobCompleted({ job: aJob({ ...done, id: 'job-2' }) }),
    ]);
  });

  it('[C3] syncs, and drops the event, when an event is of another epoch; its answer adopts that', async () => {
    const { socket, records, flush } = await connected((watches) => watches.watchJob('job-1'));
    (await socket.request()).answer({ jobs: [aJob({ version: 8 })] });
    await settle();
    flush();
    jest.useFakeTimers();
    socket.tell([aJob({ version: 2 })], { epoch: 'epoch-2' });
    socket.tell([aJob({ version: 3 })], { epoch: 'epoch-2' });
    jest.advanceTimersByTime(250);
    jest.useRealTimers();
    const healing = await socket.request();
    expect(healing.declared).toEqual({ epoch: 'epoch-1', jobs: { 'job-1': 8 } });
    healing.answer({ epoch: 'epoch-2', jobs: [aJob({ version: 3 })] });
    await settle();
    flush();
    expect(socket.requests).toEqual([]);
    expect(records()).toMatchObject({ epoch: 'epoch-2', all: [{ id: 'job-1' }] });
  });

  it('[S5] syncs when an event announces a body that did not come with it', async () => {
    const { socket, flush } = await connected((watches) => watches.watchJob('job-1'));
    (await socket.request()).answer({ jobs: [aJob()] });
    await settle();
    flush();
    jest.useFakeTimers();
    socket.tell([], { jobs: [aState({ version: 4, bodyVersion: 3 })] });
    flush();
    jest.advanceTimersByTime(250);
    jest.useRealTimers();
    expect((await socket.request()).declared.jobs).toEqual({ 'job-1': 1 });
  });

  it('[C9] is stale after a refusal that a retry may cure, and declares again [C6]', async () => {
    const { socket, connection } = await connected((watches) => watches.watchJob('job-1'));
    const first = await socket.request();
    jest.useFakeTimers();
    first.refuse('timeout');
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    expect(socket.requests).toEqual([]);
    expect(connection()).toMatchObject({ phase: 'stale', lastRefusal: { code: 'timeout' } });
    jest.advanceTimersByTime(500);
    jest.useRealTimers();
    (await socket.request()).answer({});
    await settle();
    expect(connection().phase).toBe('live');
  });

  it('[S5] syncs when the page wakes up', async () => {
    const { socket } = await connected((watches) => watches.watchJob('job-1'));
    (await socket.request()).answer({ jobs: [aJob()] });
    await settle();
    window.dispatchEvent(new Event('online'));
    expect((await socket.request()).declared.jobs).toEqual({ 'job-1': 1 });
  });

  it('[S5] syncs every five minutes as a backstop', async () => {
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick', 'setTimeout', 'setImmediate', 'requestAnimationFrame'] });
    const { socket } = await connected((watches) => watches.watchJob('job-1'));
    (await socket.request()).answer({ jobs: [aJob()] });
    await settle();
    jest.advanceTimersByTime(299_000);
    await settle();
    expect(socket.requests).toEqual([]);
    jest.advanceTimersByTime(1_000);
    expect(await socket.request()).toBeDefined();
  });

  it('[S5] repeats a failed sync at once when the page wakes up', async () => {
    const { socket } = await connected();
    const first = await socket.request();
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    first.refuse('unavailable');
    await jest.advanceTimersByTimeAsync(1);
    expect(socket.requests).toEqual([]);
    window.dispatchEvent(new Event('online'));
    expect(await socket.request()).toBeDefined();
  });

  it('[C6] ends the connection with a refusal that no retry cures', async () => {
    const { socket, connection } = await connected();
    (await socket.request()).refuse('forbidden');
    await settle();
    expect(socket.isConnected).toBe(false);
    expect(connection()).toMatchObject({ phase: 'refused', refusal: { code: 'forbidden' } });
  });
});
