import { PLATFORM_ID, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import type { Refusal } from '@harmonia/contract';
import { aHost, settle } from '../harmonia.fixture';
import { JobInbox } from '../jobs/job-inbox';
import { JobWatches } from '../jobs/job-watches';
import { aJob, idsIn } from '../jobs/job.fixture';
import { JobsActions } from '../jobs/jobs.actions';
import { NO_RECORDS } from '../jobs/jobs.reducer';
import { ConnectionActions } from './connection.actions';
import { HarmoniaConnection } from './harmonia-connection';

async function live(host: ReturnType<typeof aHost>, jobs = [aJob()]): Promise<void> {
  await settle();
  host.socket.accept();
  (await host.socket.request()).answer({ jobs });
  await settle();
  TestBed.inject(JobInbox).flush();
}

describe('HarmoniaConnection', () => {
  afterEach(() => jest.useRealTimers());

  it('[C5] is live after the sync that declared all watches', async () => {
    const host = aHost();
    await settle();
    expect(host.connection()).toEqual({ phase: 'connecting', attempt: 1, lastProblem: null, lastRefusal: null });
    await live(host);
    expect(host.connection()).toMatchObject({ phase: 'live' });
    expect(host.records().userId).toBe('ada');
  });

  it('[C8] keeps the token out of the store and out of every action', async () => {
    const host = aHost(() => 'secret-token');
    await live(host);
    host.socket.end('token-expired');
    await settle();
    expect(host.socket.tokens).toContain('secret-token');
    expect(JSON.stringify([host.actions, host.connection(), host.records()])).not.toContain('secret-token');
  });

  it('follows the signals that the token source reads: connects, changes, disconnects and forgets', async () => {
    const token = signal<string | null>(null);
    const host = aHost(() => token());
    await settle();
    expect([host.connection(), host.socket.tokens, host.actions]).toEqual([{ phase: 'idle' }, [], []]);
    token.set('token-1');
    await live(host);
    token.set('token-2');
    await settle();
    host.socket.renewals.shift()?.refuse('verb-unknown');
    await settle();
    expect(host.socket.tokens).toEqual(['token-1', 'token-2']);
    expect(idsIn(host.records())).toEqual(['job-1']);
    token.set(null);
    await settle();
    expect(host.socket.isConnected).toBe(false);
    expect(host.connection()).toEqual({ phase: 'idle' });
    expect(host.records()).toEqual(NO_RECORDS);
  });

  it('[C4] tells no news of what a user who signed in again finds changed', async () => {
    const token = signal<string | null>('token-1');
    const host = aHost(() => token());
    TestBed.inject(JobWatches).watchJob('job-1');
    await live(host, [aJob({ status: 'processing', version: 2 })]);
    token.set(null);
    await settle();
    token.set('token-2');
    await live(host, [aJob({ status: 'completed', version: 3, bodyVersion: 3 })]);
    expect(host.records().all.map(({ status }) => status)).toEqual(['completed']);
    expect(host.actions.filter(({ type }) => type === JobsActions.jobCompleted.type)).toEqual([]);
  });

  it('forgets the jobs of one user when another is there', async () => {
    const token = signal('adas');
    const host = aHost(() => token());
    await live(host);
    host.socket.tell([aJob({ version: 2 })]);
    token.set('graces');
    await settle();
    host.socket.renewals.shift()?.refuse('token-invalid');
    await settle();
    host.socket.accept({ id: 'grace' });
    expect((await host.socket.request()).declared).toEqual({ epoch: null, jobs: {} });
    TestBed.inject(JobInbox).flush();
    expect(host.records()).toEqual({ ...NO_RECORDS, userId: 'grace' });
  });

  it('[E4] asks for everything when a frame came that could not be read', async () => {
    const host = aHost();
    await live(host);
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    host.socket.gap();
    jest.advanceTimersByTime(250);
    expect((await host.socket.request()).declared).toMatchObject({ epoch: 'epoch-1' });
  });

  it('[C7] comes back by itself, asks for the token anew, keeps what it knew and declares the watches again', async () => {
    let asked = 0;
    const host = aHost(() => Promise.resolve(`token-${++asked}`));
    await live(host);
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    host.socket.end('cut-off');
    expect(host.connection()).toMatchObject({ phase: 'lost', reason: 'cut-off', attempt: 1 });
    expect(idsIn(host.records())).toEqual(['job-1']);
    await jest.advanceTimersByTimeAsync(500);
    expect(host.socket.tokens).toEqual(['token-1', 'token-2']);
    expect(host.connection()).toMatchObject({ phase: 'connecting', attempt: 2, lastProblem: 'It ended: cut-off.' });
    host.socket.accept();
    await jest.advanceTimersByTimeAsync(1);
    expect((await host.socket.request()).declared.epoch).toBe('epoch-1');
  });

  it('[S6] offers another token to the connection that is open, which goes on', async () => {
    const token = signal('token-1');
    const host = aHost(() => token());
    await live(host);
    token.set('token-2');
    await settle();
    expect(host.socket.renewals.map((one) => one.token)).toEqual(['token-2']);
    host.socket.renewals.shift()?.accept();
    await settle();
    expect([host.socket.tokens, host.connection().phase]).toEqual([['token-1'], 'live']);
  });

  it('[S6, C8] asks for a newer token when the session ends soon, tells nobody, and stays live', async () => {
    const refusals: (Refusal | null)[] = [];
    const host = aHost((refusal) => `secret-token-${refusals.push(refusal)}`);
    await live(host);
    const before = host.actions.length;
    host.socket.say({ kind: 'expiring' });
    await settle();
    expect(refusals).toEqual([null, expect.objectContaining({ code: 'token-expired' })]);
    expect(host.socket.renewals.map((one) => one.token)).toEqual(['secret-token-2']);
    host.socket.renewals.shift()?.accept();
    await settle();
    expect([host.socket.tokens, host.connection().phase, host.actions.length]).toEqual([['secret-token-1'], 'live', before]);
    expect(JSON.stringify([host.actions, host.connection(), host.records()])).not.toContain('secret-token');
  });

  it('[S6] connects anew when the newer token is refused', async () => {
    let asked = 0;
    const host = aHost(() => `token-${++asked}`);
    await live(host);
    host.socket.say({ kind: 'expiring' });
    await settle();
    host.socket.renewals.shift()?.refuse('token-invalid');
    await new Promise((resolve) => setTimeout(resolve));
    await settle();
    expect(host.socket.tokens).toEqual(['token-1', 'token-3']);
  });

  it.each(['timeout', 'unavailable', 'verb-unknown'] as const)(
    '[S6] goes on after %s, and asks again at the next warning',
    async (code) => {
      const host = aHost();
      await live(host);
      for (let warning = 0; warning < 2; warning++) {
        host.socket.say({ kind: 'expiring' });
        await settle();
        host.socket.renewals.shift()?.refuse(code);
        await settle();
      }
      expect([host.socket.tokens, host.connection().phase]).toEqual([['token-1'], 'live']);
    },
  );

  it('[S6] goes on while no newer token can be had, to the end of the session', async () => {
    let asked = 0;
    const host = aHost(() => (++asked === 1 ? 'token-1' : asked === 2 ? Promise.reject(new Error('No network.')) : null));
    await live(host);
    for (let warning = 0; warning < 2; warning++) {
      host.socket.say({ kind: 'expiring' });
      await settle();
    }
    expect([host.socket.tokens, host.connection().phase]).toEqual([['token-1'], 'live']);
    host.socket.end('token-expired');
    await new Promise((resolve) => setTimeout(resolve));
    await settle();
    expect(host.connection()).toEqual({ phase: 'idle' });
  });

  it('[C7] backs off while it fails, and tells the token source why', async () => {
    const refusals: (Refusal | null)[] = [];
    const host = aHost((refusal) => {
      refusals.push(refusal);
      return 'token-1';
    });
    await settle();
    jest.useFakeTimers();
    host.socket.end('token-expired');
    await jest.advanceTimersByTimeAsync(0);
    expect(refusals).toEqual([null, expect.objectContaining({ code: 'token-expired' })]);
    host.socket.end('token-expired');
    await jest.advanceTimersByTimeAsync(400);
    expect(host.socket.tokens).toHaveLength(2);
    await jest.advanceTimersByTimeAsync(600);
    expect(host.socket.tokens).toHaveLength(3);
  });

  it('[C7] backs off from a server that refuses every token, also where the source tells of each by a signal', async () => {
    const token = signal('token-1');
    let renewed = 1;
    const renew = async () => {
      token.set(`token-${++renewed}`);
      return token();
    };
    const host = aHost((refusal) => (refusal ? renew() : token()));
    await settle();
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    for (let round = 0; round < 100; round++) {
      if (host.socket.isConnected) host.socket.end('token-expired');
      await jest.advanceTimersByTimeAsync(100);
      TestBed.tick();
    }
    expect(renewed).toBeGreaterThan(3);
    expect(renewed).toBeLessThan(10);
  });

  it('[C7] counts its tries anew after it was live', async () => {
    const host = aHost();
    await settle();
    for (const attempt of [1, 2]) {
      host.socket.end('unreachable', 60_000);
      expect(host.connection()).toMatchObject({ phase: 'lost', attempt });
      TestBed.inject(HarmoniaConnection).retry();
      await settle();
    }
    await live(host);
    host.socket.end('cut-off');
    expect(host.connection()).toMatchObject({ phase: 'lost', attempt: 1 });
  });

  it('[C6] has been live since it became so, however often watches change', async () => {
    const host = aHost();
    await live(host);
    const before = host.connection();
    TestBed.inject(JobWatches).watchJob('job-9');
    (await host.socket.request()).answer({});
    await settle();
    expect(host.connection()).toBe(before);
  });

  it('[C7] tries at once when the network is back, when the page is shown, and when asked to', async () => {
    const host = aHost();
    await settle();
    const signs = [
      () => window.dispatchEvent(new Event('online')),
      () => document.dispatchEvent(new Event('visibilitychange')),
      () => TestBed.inject(HarmoniaConnection).retry(),
    ];
    for (const [index, sign] of signs.entries()) {
      host.socket.end('unreachable', 60_000);
      await settle();
      expect(host.socket.tokens).toHaveLength(index + 1);
      sign();
      await settle();
      expect(host.socket.tokens).toHaveLength(index + 2);
    }
  });

  it('[C7] stops at a final refusal until it is asked to try again', async () => {
    const host = aHost();
    await settle();
    jest.useFakeTimers();
    host.socket.end('origin-forbidden');
    await jest.advanceTimersByTimeAsync(120_000);
    expect(host.connection()).toMatchObject({ phase: 'refused', refusal: { code: 'origin-forbidden' } });
    expect(host.socket.tokens).toHaveLength(1);
    TestBed.inject(HarmoniaConnection).retry();
    await jest.advanceTimersByTimeAsync(0);
    expect(host.socket.tokens).toHaveLength(2);
  });

  it('[C7] tries again when no token could be had, and when the server stays silent', async () => {
    let asked = 0;
    const host = aHost(() => (++asked === 1 ? Promise.reject(new Error('No network.')) : 'token-2'));
    jest.useFakeTimers({ doNotFake: ['queueMicrotask', 'nextTick'] });
    TestBed.tick();
    await jest.advanceTimersByTimeAsync(0);
    expect(host.connection()).toMatchObject({ phase: 'lost', reason: 'unreachable', message: 'No network.' });
    await jest.advanceTimersByTimeAsync(500);
    expect(host.connection()).toMatchObject({ phase: 'connecting', attempt: 2, lastProblem: 'No network.' });
    await jest.advanceTimersByTimeAsync(20_000);
    expect(host.connection()).toMatchObject({ phase: 'lost', reason: 'timeout' });
  });

  it('does nothing in server-side rendering', async () => {
    const host = aHost(() => 'token-1', [{ provide: PLATFORM_ID, useValue: 'server' }]);
    await settle();
    expect([host.socket.tokens, host.actions, host.connection()]).toEqual([[], [], { phase: 'idle' }]);
  });

  it('says what happened as facts', async () => {
    const host = aHost();
    await live(host);
    expect(host.actions.map(({ type }) => type).slice(0, 4)).toEqual([
      ConnectionActions.connectionStarted.type,
      ConnectionActions.sessionAuthenticated.type,
      JobsActions.jobsReceived.type,
      ConnectionActions.watchesDeclared.type,
    ]);
  });
});
