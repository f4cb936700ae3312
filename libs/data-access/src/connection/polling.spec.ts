import { HttpTestingController } from '@angular/common/http/testing';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { JobsPoll, RefusalCode } from '@harmonia/contract';
import { aHost } from '../harmonia.fixture';
import { JobInbox } from '../jobs/job-inbox';
import { JobWatches } from '../jobs/job-watches';
import { aJob, idsIn } from '../jobs/job.fixture';
import { JobsActions } from '../jobs/jobs.actions';
import { ConnectionActions } from './connection.actions';
import { show } from './page.fixture';

const POLL = '/api/jobs/sync';

/** A page whose clock is driven by hand. */
function aPage(token: () => string | null = () => 'token-1') {
  jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
  const host = aHost(token);
  const watches = TestBed.inject(JobWatches);
  const server = TestBed.inject(HttpTestingController);
  const turn = (milliseconds = 0) => jest.advanceTimersByTimeAsync(milliseconds);
  /** Answers the poll that waits. */
  const poll = async (answer: Partial<JobsPoll> = {}) => {
    const request = server.expectOne(POLL);
    request.flush({ epoch: 'epoch-1', jobs: [], removed: [], userId: 'ada', ...answer });
    await turn();
    TestBed.inject(JobInbox).flush();
    await turn();
    return request.request.body;
  };
  const refuse = async (code: RefusalCode, status: number) => {
    server.expectOne(POLL).flush({ error: { code, message: 'No.' } }, { status, statusText: 'No' });
    await turn();
  };
  /** As many tries of the socket fail as said, each as soon as it is made. */
  const block = async (times = 2) => {
    TestBed.tick();
    await turn();
    for (let failed = 1; failed <= times; failed++) {
      host.socket.end('unreachable');
      await turn(failed < times ? 1_000 : 0);
    }
  };
  /** Blocked, and polling. */
  const polling = async (answer: Partial<JobsPoll> = {}) => {
    await block();
    await poll();
    await poll(answer);
  };
  return { ...host, watches, server, turn, poll, refuse, block, polling, waiting: () => server.match(POLL).length };
}

describe('Polling', () => {
  afterEach(() => jest.useRealTimers());

  it('[C7] begins when a socket failed twice in a row, learns whose session it is, and tells what changed', async () => {
    const page = aPage();
    page.watches.watchJob('job-1');
    await page.block(1);
    expect([page.waiting(), page.connection().phase]).toEqual([0, 'lost']);
    await page.turn(1_000);
    page.socket.end('unreachable');
    await page.turn();
    expect(await page.poll()).toEqual({ epoch: null, jobs: {} });
    expect([page.records().userId, page.connection().phase]).toEqual(['ada', 'lost']);
    expect(await page.poll({ jobs: [aJob({ version: 4 })] })).toEqual({ epoch: null, jobs: { 'job-1': 0 } });
    expect(page.connection()).toMatchObject({ phase: 'polling', lastRefusal: null });
    expect(idsIn(page.records())).toEqual(['job-1']);
    await page.turn(2_000);
    expect(await page.poll()).toEqual({ epoch: 'epoch-1', jobs: { 'job-1': 4 } });
  });

  it('[C7] begins when a try is not answered for 4 s, goes on when that fails, and ends when the next is', async () => {
    const page = aPage();
    await page.block(0);
    await page.turn(3_999);
    expect(page.waiting()).toBe(0);
    await page.turn(1);
    await page.poll();
    await page.poll();
    expect(page.connection().phase).toBe('polling');
    for (const wait of [4_000, 8_000]) {
      await page.turn(wait);
      await page.poll();
    }
    await page.turn(5_000);
    expect([page.connection().phase, page.socket.tokens.length, page.waiting()]).toEqual(['polling', 2, 0]);
    page.socket.accept();
    await page.turn(60_000);
    expect([page.connection().phase, page.waiting()]).toEqual(['catching-up', 0]);
  });

  it('[C7] does not begin for a connection that is made at once and stays', async () => {
    const page = aPage();
    await page.block(0);
    page.socket.accept();
    await page.turn(60_000);
    expect(page.waiting()).toBe(0);
  });

  it('[C7] tries the socket again as soon as HTTP gets through, and on and on; that it fails is no news', async () => {
    const page = aPage();
    await page.polling();
    const before = page.connection();
    expect(page.socket.tokens).toHaveLength(3);
    page.socket.end('unreachable');
    await page.turn(4_000);
    expect(page.socket.tokens).toHaveLength(4);
    expect(page.connection()).toBe(before);
  });

  it('[C7] hands back to the socket without a gap, and tells no fact twice', async () => {
    const page = aPage();
    page.watches.watchJob('job-1');
    await page.polling({ jobs: [aJob({ version: 4 })] });
    const done = aJob({ version: 6, bodyVersion: 6, status: 'completed' });
    await page.turn(2_000);
    await page.poll({ jobs: [done] });
    await page.turn(4_000);
    const late = page.server.expectOne(POLL);
    page.socket.accept();
    expect(late.cancelled).toBe(false);
    await page.turn();
    expect(page.connection().phase).toBe('catching-up');
    const sync = await page.socket.request();
    expect(sync.declared).toEqual({ epoch: 'epoch-1', jobs: { 'job-1': 6 } });
    late.flush({ epoch: 'epoch-1', jobs: [aJob({ version: 9 })], removed: [], userId: 'ada' });
    sync.answer({ jobs: [done] });
    await page.turn();
    TestBed.inject(JobInbox).flush();
    await page.turn(60_000);
    expect([page.connection().phase, page.waiting()]).toEqual(['live', 0]);
    expect(page.actions.filter(({ type }) => type === JobsActions.jobCompleted.type)).toHaveLength(1);
  });

  it('[C5] polls at once for a new watch, when the page wakes up, and once more for what came meanwhile', async () => {
    const page = aPage();
    await page.polling();
    page.watches.watchJob('job-1');
    await page.turn();
    page.watches.watchJob('job-2');
    page.watches.watchUserList();
    expect(await page.poll()).toEqual({ epoch: 'epoch-1', jobs: { 'job-1': 0 } });
    expect(await page.poll()).toEqual({ epoch: 'epoch-1', jobs: { 'job-1': 0, 'job-2': 0 }, user: null });
    expect(page.waiting()).toBe(0);
    window.dispatchEvent(new Event('online'));
    await page.turn();
    await page.poll();
  });

  it('[S5] asks on while the list has more', async () => {
    const page = aPage();
    page.watches.watchUserList();
    const listOf = (cursor: string, more: boolean) => ({ user: { cursor, more, reset: false, jobs: [], removed: [] } });
    await page.polling(listOf('page-1', true));
    expect(page.connection().phase).toBe('lost');
    expect(await page.poll(listOf('page-2', false))).toMatchObject({ user: 'page-1' });
    expect(page.connection().phase).toBe('polling');
  });

  it('[C6] is lost when HTTP fails too, until it gets through again', async () => {
    const page = aPage();
    await page.polling();
    await page.turn(4_000);
    await page.refuse('unavailable', 503);
    const state = page.connection();
    expect(state).toMatchObject({ phase: 'lost', reason: 'unavailable', attempt: 1, retryAt: Date.now() + 8_000 });
    await page.turn(8_000);
    expect(await page.poll()).toEqual({ epoch: null, jobs: {} });
    await page.poll();
    expect(page.connection()).toMatchObject({ phase: 'polling', lastRefusal: { code: 'unavailable' } });
  });

  it('[C7] stops when the server has no answer to polls', async () => {
    const page = aPage();
    await page.block();
    await page.refuse('verb-unknown', 404);
    await page.turn(120_000);
    expect([page.waiting(), page.actions.some(({ type }) => type === ConnectionActions.polled.type)]).toEqual([0, false]);
  });

  it('[C7] stops when the server is heard on the socket: what it refuses is said', async () => {
    const page = aPage();
    await page.polling();
    page.socket.end('unavailable', 60_000);
    await page.turn(30_000);
    expect([page.waiting(), page.connection()]).toEqual([0, expect.objectContaining({ phase: 'lost', reason: 'unavailable' })]);
  });

  it('[C8] stops and forgets when signed out', async () => {
    const token = signal<string | null>('token-1');
    const page = aPage(() => token());
    await page.polling();
    token.set(null);
    TestBed.tick();
    await page.turn(30_000);
    expect([page.waiting(), page.connection(), page.records().userId]).toEqual([0, { phase: 'idle' }, null]);
  });

  it('takes nothing that was answered to another user, and forgets the jobs of the first', async () => {
    const page = aPage();
    page.watches.watchJob('job-1');
    await page.polling({ jobs: [aJob()] });
    await page.turn(2_000);
    await page.poll({ userId: 'grace', jobs: [aJob({ version: 7, userId: 'grace' })] });
    expect(page.connection()).toMatchObject({ phase: 'lost', reason: 'access-revoked' });
    expect(page.records().userId).toBe('ada');
    await page.turn(8_000);
    await page.poll({ userId: 'grace' });
    expect(page.records()).toMatchObject({ userId: 'grace', all: [], epoch: null });
    expect(await page.poll({ userId: 'grace' })).toEqual({ epoch: null, jobs: { 'job-1': 0 } });
  });

  it('[C7] polls every 2 s while a job is active, ever more slowly when none is', async () => {
    const page = aPage();
    const queued = aJob({ version: 1 });
    page.watches.watchJob('job-1');
    await page.polling({ jobs: [queued] });
    for (const version of [2, 3, 4]) {
      await page.turn(1_999);
      expect(page.waiting()).toBe(0);
      await page.turn(1);
      await page.poll({ jobs: [aJob({ version, status: version === 4 ? 'completed' : 'processing' })] });
    }
    for (const pause of [4_000, 8_000]) {
      await page.turn(pause - 1);
      expect(page.waiting()).toBe(0);
      await page.turn(1);
      await page.poll();
    }
  });

  it('[C7] polls four times as slowly in a hidden page, and at once when it is shown after long', async () => {
    const page = aPage();
    await page.block();
    await page.poll();
    show('hidden');
    await page.poll();
    await page.turn(15_999);
    expect(page.waiting()).toBe(0);
    await page.turn(1);
    await page.poll();
    await page.turn(30_000);
    expect(page.waiting()).toBe(0);
    show('visible');
    await page.turn();
    await page.poll();
  });

  it('says what happened as facts', async () => {
    const page = aPage();
    await page.polling();
    const told = page.actions.map(({ type }) => type).filter((type) => type.includes('Poll'));
    expect(told).toEqual([ConnectionActions.pollingBegan.type, ConnectionActions.polled.type]);
  });
});
