import { RefusalError } from '@harmonia/contract';
import type { JobSession } from '@harmonia/job-engine';
import { ConsoleLogger } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { SECRET, SocketApp, tokenOf, type Client, type Loose } from '../socket-app.suite.js';
import { SessionAuthenticator, type SessionCredentials } from './session-authenticator.js';

class Lines extends ConsoleLogger {
  readonly lines: string[] = [];

  override printMessages(messages: unknown[]): void {
    this.lines.push(messages.join(' '));
  }

  override error(...parts: unknown[]): void {
    this.lines.push(parts.join(' '));
  }
}

const tokens = new JwtService({ secret: SECRET });
const bearer = (token: string) => ({ extraHeaders: { authorization: `Bearer ${token}` } });

describe.each(['websocket', 'polling'])('a handshake over %s', (transport) => {
  const logger = new Lines({ logLevels: ['error'] });
  let app: SocketApp;
  beforeAll(async () => {
    app = await SocketApp.start({ gateway: { origins: ['https://console.example'] }, logger });
  });
  afterAll(() => app.stop());

  const client = (auth: Record<string, unknown>, options: object = {}) => app.client(auth, { transports: [transport], ...options });
  const refused = async (socket: Client): Promise<Loose> => (await socket.next('connect_error')).data;

  it('[E5] is answered first of all with who one is', async () => {
    const exp = Math.floor(Date.now() / 1000) + 60;
    const ann = client({ token: tokens.sign({ sub: 'ann', roles: ['admin'], email: 'ann@example.org', name: 'Ann', exp }) });
    const { epoch } = await app.store.read([]);
    expect(await ann.next('authenticated')).toEqual({
      user: { id: 'ann', email: 'ann@example.org', name: 'Ann', roles: ['admin'] },
      epoch,
      expiresAt: new Date(exp * 1000).toISOString(),
    });
    expect(ann.received.map(({ name }) => name)).toEqual(['connect', 'authenticated']);
  });

  it('takes a bearer token when auth has none', async () => {
    const ann = client({ token: null }, bearer(tokenOf('ann')));
    expect(await ann.next('authenticated')).toMatchObject({ user: { id: 'ann' } });
  });

  it('prefers the token of auth', async () => {
    const ann = client({ token: tokenOf('ann') }, bearer(tokenOf('ben')));
    expect(await ann.next('authenticated')).toMatchObject({ user: { id: 'ann' } });
  });

  it.each([
    ['no auth', {}, 'token-missing'],
    ['null', { token: null }, 'token-missing'],
    ['an empty token', { token: '' }, 'token-missing'],
    ['a number', { token: 7 }, 'token-invalid'],
    ['an object', { token: { toString: 'ann' } }, 'token-invalid'],
    ['an endless token', { token: 'x'.repeat(8193) }, 'token-invalid'],
    ['garbage', { token: 'garbage-token' }, 'token-invalid'],
    ['no subject', { token: tokens.sign({ roles: ['admin'] }, { expiresIn: '1h' }) }, 'token-invalid'],
    ['no end', { token: tokens.sign({ sub: 'ann' }) }, 'token-invalid'],
    ['another algorithm', { token: tokens.sign({ sub: 'ann' }, { expiresIn: '1h', algorithm: 'HS384' }) }, 'token-invalid'],
    ['an expired token', { token: tokens.sign({ sub: 'ann' }, { expiresIn: '-1s' }) }, 'token-expired'],
    ['a later protocol', { token: tokenOf('ann'), protocol: 2 }, 'protocol-unsupported'],
    ['a protocol that is a string', { token: tokenOf('ann'), protocol: '1' }, 'protocol-unsupported'],
  ])('[E5] with %s is refused in a connect_error that says why', async (_, auth, code) => {
    const socket = client(auth);
    const refusal = await refused(socket);
    expect(refusal).toEqual({ code, message: expect.any(String) });
    expect(socket.socket.connected).toBe(false);
    const { token } = auth as { token?: unknown };
    if (typeof token === 'string' && token) expect(JSON.stringify([refusal, logger.lines])).not.toContain(token);
  });

  it('refuses a header that is no bearer token', async () => {
    expect(await refused(client({}, { extraHeaders: { authorization: 'Basic YW5uOmFubg==' } }))).toMatchObject({ code: 'token-missing' });
  });

  it('[G12] from a listed origin, from the server’s own and from no page is let in', async () => {
    for (const headers of [{ origin: 'https://console.example' }, { origin: app.url }, {}]) {
      const ann = client({ token: tokenOf('ann') }, { extraHeaders: headers });
      expect(await ann.next('authenticated')).toMatchObject({ user: { id: 'ann' } });
    }
  });

  it('[G12] from another origin is refused before there is a connection', async () => {
    const evil = client({ token: tokenOf('ann') }, { extraHeaders: { origin: 'https://evil.example' } });
    const error = await evil.next('connect_error');
    expect(error.data).toBeUndefined();
    expect(error.message).toBe(transport === 'websocket' ? 'websocket error' : 'xhr poll error');
    const answer = await fetch(`${app.url}/socket.io/?EIO=4&transport=polling`, { headers: { origin: 'https://evil.example' } });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({ message: expect.stringContaining('origin-forbidden') });
  });
});

describe('a handshake', () => {
  const asked: SessionCredentials[] = [];
  const logger = new Lines({ logLevels: ['error'] });
  let app: SocketApp;

  /** Sessions by cookie. */
  class CookieSessions extends SessionAuthenticator {
    async authenticate(credentials: SessionCredentials): Promise<JobSession> {
      asked.push(credentials);
      const userId = credentials.cookies['sid'];
      if (userId === 'broken') throw new Error('The session store is down.');
      if (!userId) throw new RefusalError('token-missing', undefined, 5000);
      return { userId, roles: [], scopes: [], expiresAt: null };
    }
  }

  beforeAll(async () => {
    app = await SocketApp.start({ gateway: { jwt: undefined, authenticator: new CookieSessions() } as never, logger });
  });
  afterAll(() => app.stop());

  it('asks the host’s authenticator with headers, cookies and address', async () => {
    const ann = app.client({}, { extraHeaders: { cookie: 'theme=dark; sid=ann', 'x-tenant': 'blue' } });
    expect(await ann.next('authenticated')).toEqual({ user: { id: 'ann', roles: [] }, epoch: expect.any(String), expiresAt: null });
    expect(asked).toEqual([
      {
        headers: expect.objectContaining({ 'x-tenant': 'blue' }),
        cookies: expect.objectContaining({ theme: 'dark', sid: 'ann' }),
        address: '127.0.0.1',
      },
    ]);
  });

  it('passes the host’s refusal on, with how long to wait', async () => {
    const { data } = await app.client({}).next('connect_error');
    expect(data).toEqual({ code: 'token-missing', message: expect.any(String), retryAfterMs: 5000 });
  });

  it('answers internal-error when the authenticator fails, and logs why', async () => {
    const { data } = await app.client({}, { extraHeaders: { cookie: 'sid=broken' } }).next('connect_error');
    expect(data).toEqual({ code: 'internal-error', message: expect.any(String) });
    expect(logger.lines.join('\n')).toContain('The session store is down.');
  });
});
