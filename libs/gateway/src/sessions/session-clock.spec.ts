import type { JobSession } from '@harmonia/job-engine';
import { JwtService } from '@nestjs/jwt';
import { SessionAuthenticator } from '../connection/session-authenticator.js';
import { SECRET, SocketApp } from '../socket-app.suite.js';

const tokens = new JwtService({ secret: SECRET });
const tokenUntil = (exp: number): string => tokens.sign({ sub: 'ann', exp });
const seconds = (): number => Math.floor(Date.now() / 1000);

/** Everything but what the clock of sessions needs: sockets go on as ever. */
const REAL = ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'nextTick', 'queueMicrotask', 'performance'] as const;
const DAYS = 24 * 60 * 60;

describe('[G7] the end of a session', () => {
  let app: SocketApp;
  afterEach(async () => {
    jest.useRealTimers();
    await app.stop();
  });

  it.each([
    ['plain', {}],
    ['protocol', { protocol: 1 }],
  ])('closes the connection of a %s client within 2 s, and says so ahead', async (_, auth) => {
    app = await SocketApp.start();
    const exp = seconds() + 2;
    const ann = await app.connected(tokenUntil(exp), auth);
    expect(await ann.next('session:expiring')).toEqual({ expiresAt: new Date(exp * 1000).toISOString() });
    expect(Date.now()).toBeLessThan(exp * 1000);
    expect(await ann.next('session:closing')).toEqual({ code: 'token-expired', retryAfterMs: 0 });
    expect(await ann.next('disconnect')).toBe('transport close');
    const late = Date.now() - exp * 1000;
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(2000);
  });

  it('[S6] 2^31 ms away and more does not come at once, nor late when the machine has slept', async () => {
    app = await SocketApp.start();
    jest.useFakeTimers({ doNotFake: [...REAL] });
    const exp = seconds() + 60 * DAYS;
    const ann = await app.connected(tokenUntil(exp));
    await ann.ask('jobs:subscribe:user');
    // from now on the client says nothing, since its socket would take the jump of the clock for a lost connection
    const warnings = async (left: number) => {
      jest.setSystemTime(exp * 1000 - left);
      jest.advanceTimersByTime(250);
      const id = await app.job('ann');
      await ann.next('job:created', ({ job }) => job.id === id);
      return ann.received.filter(({ name }) => name === 'session:expiring').length;
    };
    for (const left of [60 * DAYS * 1000, 30 * DAYS * 1000, 60_500]) expect(await warnings(left)).toBe(0);
    expect(ann.received.some(({ name }) => name === 'session:closing')).toBe(false);
    expect(await warnings(60_000)).toBe(1);
    expect(await warnings(30_500)).toBe(1);
    for (const [index, left] of [29_000, 14_000, 6500, 3000, 1000].entries()) expect(await warnings(left)).toBe(Math.min(index + 2, 4));
    jest.setSystemTime(exp * 1000);
    jest.advanceTimersByTime(250);
    expect(await ann.next('session:closing')).toMatchObject({ code: 'token-expired' });
  });

  it('is kept from whoever comes with a session that is over, whatever the authenticator says', async () => {
    const ends: Record<string, Date | null> = { never: null, over: new Date(Date.now() - 1), nonsense: new Date(NaN) };
    class Anyone extends SessionAuthenticator {
      async authenticate({ token = '' }: { readonly token?: string }): Promise<JobSession> {
        return { userId: token, roles: [], scopes: [], expiresAt: ends[token] ?? null };
      }
    }
    app = await SocketApp.start({ gateway: { jwt: undefined, authenticator: new Anyone(), http: {} } as never });
    expect(await app.client({ token: 'never' }).next('authenticated')).toMatchObject({ expiresAt: null });
    for (const token of ['over', 'nonsense']) {
      expect((await app.client({ token }).next('connect_error')).data).toMatchObject({ code: 'token-expired' });
      const answer = await fetch(`${app.url}/api/jobs`, { headers: { authorization: `Bearer ${token}` } });
      expect([answer.status, await answer.json()]).toMatchObject([401, { error: { code: 'token-expired' } }]);
    }
  });

  it('leaves nothing behind of sockets that have gone', async () => {
    app = await SocketApp.start();
    const clear = jest.spyOn(global, 'clearInterval');
    const ann = await app.connected(tokenUntil(seconds() + DAYS));
    const cleared = new Promise((resolve) => clear.mockImplementation(resolve));
    ann.socket.disconnect();
    expect(await cleared).toBeDefined();
    clear.mockRestore();
  });
});
