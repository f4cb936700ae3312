import { RedisJobStore, SqliteJobStore, type JobSession } from '@harmonia/job-engine';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { JwtService } from '@nestjs/jwt';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SessionAuthenticator, type SessionCredentials } from '../connection/session-authenticator.js';
import { NodeWire } from '../nodes/node-wire.suite.js';
import { adminToken, SECRET, SocketApp, tokenOf, type Client, type Loose } from '../socket-app.suite.js';
import { sessionIdOf } from './session-id.js';
import { Sessions } from './sessions.js';

const PROMISED_MS = 2000;
const signed = (claims: object) => new JwtService({ secret: SECRET }).sign(claims, { expiresIn: '1h' });
const signedIn = (userId: string, sid: string): string => signed({ sub: userId, sid });

/** One whose token was issued in this second, and so counts as one from before. */
const nextSecond = (): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, 1001 - (Date.now() % 1000)));

const ask = async ({ url }: SocketApp, token: string, method = 'GET', path = '/api/jobs') => {
  const answer = await fetch(url + path, { method, headers: { authorization: `Bearer ${token}` } });
  const body: Loose = answer.status >= 400 ? await answer.json() : null;
  return `${answer.status} ${body?.error.code ?? 'ok'}`;
};
const closed = async (client: Client): Promise<string> => (await client.next('session:closing')).code;
const refused = async (app: SocketApp, token: string): Promise<string> => (await app.client({ token }).next('connect_error')).data.code;
const revoke = (app: SocketApp, ending: Parameters<Sessions['revoke']>[0]) => app.app.get(Sessions).revoke(ending);

describe('[S8] ending a session', () => {
  let directory: string;
  let app: SocketApp;
  const start = () => SocketApp.start({ jobs: { store: () => SqliteJobStore.open({ directory }) }, gateway: { http: {} } as never });

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'harmonia-sessions-'));
    app = await start();
  });
  afterEach(async () => {
    await app.stop();
    rmSync(directory, { recursive: true });
  });

  it.each([
    ['sid', (id: string) => signedIn('ann', id)],
    ['jti', (id: string) => signed({ sub: 'ann', jti: id })],
    ['jti beside a sid that is no name', (id: string) => signed({ sub: 'ann', sid: 7, jti: id })],
    ['the token itself', (id: string) => signed({ sub: 'ann', name: id })],
  ])('signs out what %s names, at every door, and nobody else', async (_, sign) => {
    const [mine, other, bens] = [sign('one'), sign('two'), tokenOf('ben')];
    const [ann, page, ben] = [await app.connected(mine), await app.connected(other), await app.connected(bens)];
    expect(await ask(app, mine, 'DELETE', '/api/session')).toBe('204 ok');
    expect(await closed(ann)).toBe('session-ended');
    expect([await refused(app, mine), await ask(app, mine)]).toEqual(['session-ended', '401 session-ended']);
    expect(await page.ask('auth:refresh', { token: mine })).toMatchObject({ ok: false, error: { code: 'session-ended' } });
    expect([await ask(app, other), await ask(app, bens)]).toEqual(['200 ok', '200 ok']);
    for (const stays of [page, ben]) expect(await stays.ask('jobs:subscribe:user')).toMatchObject({ ok: true });
  });

  it('knows a token by what is signed, however its signature is written', () => {
    const [token, twin, other] = ['header.payload.signaturf', 'header.payload.signature', 'header.payloae.signature'];
    expect(sessionIdOf(twin, {})).toBe(sessionIdOf(token, { jti: '' }));
    expect(sessionIdOf(other, {})).not.toBe(sessionIdOf(token, {}));
  });

  it('ends all of a user, for admins and for oneself, until they sign in anew', async () => {
    const [old, older, bens] = [tokenOf('ann'), signedIn('ann', 'one'), tokenOf('ben')];
    const anns = [await app.connected(old), await app.connected(older, { protocol: 1 })];
    expect(await ask(app, bens, 'DELETE', '/api/users/ann/sessions')).toBe('403 forbidden');
    expect(await ask(app, adminToken('root'), 'DELETE', '/api/users/ann/sessions')).toBe('204 ok');
    expect(await Promise.all(anns.map(closed))).toEqual(['session-ended', 'session-ended']);
    expect([await refused(app, old), await ask(app, older), await ask(app, bens)]).toEqual([
      'session-ended',
      '401 session-ended',
      '200 ok',
    ]);
    await nextSecond();
    const anew = tokenOf('ann');
    await app.connected(anew);
    expect(await ask(app, anew, 'DELETE', '/api/users/ann/sessions')).toBe('204 ok');
    expect(await ask(app, anew)).toBe('401 session-ended');
  });

  it('ends what it had asked for: a ticket for a download', async () => {
    const [token, other] = [signedIn('ann', 'one'), signedIn('ann', 'two')];
    await app.publisher.completed(await app.job('ann', 'done'), { pages: 3 });
    const ticketOf = async (by: string): Promise<string> => {
      const answer = await fetch(`${app.url}/api/jobs/done/result/ticket`, { method: 'POST', headers: { authorization: `Bearer ${by}` } });
      const { url }: Loose = await answer.json();
      return url;
    };
    const tickets = [await ticketOf(token), await ticketOf(other), await ticketOf(other)];
    expect(await ask(app, token, 'DELETE', '/api/session')).toBe('204 ok');
    expect(await ask(app, '', 'GET', tickets[0])).toMatch(/ticket-invalid$/);
    expect(await ask(app, '', 'GET', tickets[1])).toBe('200 ok');
    await revoke(app, { userId: 'ann' });
    expect(await ask(app, '', 'GET', tickets[2])).toMatch(/ticket-invalid$/);
  });

  it('is known after a restart', async () => {
    const token = tokenOf('ann');
    await ask(app, token, 'DELETE', '/api/session');
    await revoke(app, { userId: 'ben' });
    const bens = tokenOf('ben');
    await app.stop();
    app = await start();
    expect([await refused(app, token), await ask(app, bens)]).toEqual(['session-ended', '401 session-ended']);
  });

  it('closes a socket whose session ends while it is let in, or renewed', async () => {
    const [token, later] = [signedIn('ann', 'one'), signedIn('ann', 'two')];
    const ann = await app.connected(later);
    const sockets = Array.from({ length: 20 }, () => app.client({ token }));
    const renewals = Array.from({ length: 5 }, () => ann.ask('auth:refresh', { token }).catch(() => null));
    await revoke(app, { userId: 'ann', sessionId: 'one' });
    void renewals;
    const ends = sockets.map((socket) => Promise.race([closed(socket), socket.next('connect_error').then(({ data }) => data.code)]));
    expect(new Set(await Promise.all(ends))).toEqual(new Set(['session-ended']));
  });

  it('of sessions without a name or a beginning closes the sockets that are there', async () => {
    class Named extends SessionAuthenticator {
      async authenticate({ token = '' }: SessionCredentials): Promise<JobSession> {
        return { userId: token, roles: [], scopes: [], expiresAt: null };
      }
    }
    const nameless = await SocketApp.start({ gateway: { jwt: undefined, authenticator: new Named(), http: {} } as never });
    const ann = await nameless.connected('ann');
    expect(await ask(nameless, 'ann', 'DELETE', '/api/session')).toBe('403 forbidden');
    expect(await ask(nameless, 'ann', 'DELETE', '/api/users/ann/sessions')).toBe('204 ok');
    expect(await closed(ann)).toBe('session-ended');
    await nameless.connected('ann');
    await nameless.stop();
  });

  it.each([{ userId: '' }, { userId: 'ann', sessionId: '' }, { userId: 'ann', sessionId: 7 }, {}])('refuses to end %j', async (ending) => {
    await expect(revoke(app, ending as never)).rejects.toMatchObject({ code: 'payload-invalid' });
  });
});

describeWithRedis('[G8] ending a session on several nodes', () => {
  let redis: RedisServer;
  let wire: NodeWire;
  let nodes: readonly [SocketApp, SocketApp];

  beforeAll(async () => {
    redis = await RedisServer.start();
  });
  afterAll(() => redis.remove());
  let node: (url: string) => Promise<SocketApp>;
  beforeEach(async () => {
    wire = await NodeWire.start(redis.url);
    const prefix = randomUUID();
    node = (url) =>
      SocketApp.start({
        jobs: { store: () => RedisJobStore.open({ url, prefix, onTrouble: () => undefined }) },
        gateway: { http: {}, nodes: { redis: url, prefix } } as never,
      });
    nodes = [await node(redis.url), await node(wire.url)];
  });
  afterEach(async () => {
    await Promise.all(nodes.map((one) => one.stop()));
    await wire.close();
  });

  const since = (began: number): number => performance.now() - began;

  it('is in force on all of them within 2 s, over sockets and HTTP', async () => {
    const token = tokenOf('ann');
    const anns = await Promise.all([nodes[0].connected(token), nodes[1].connected(token), nodes[1].connected(token, { protocol: 1 })]);
    const began = performance.now();
    expect(await ask(nodes[0], token, 'DELETE', '/api/session')).toBe('204 ok');
    expect(await Promise.all(anns.map(closed))).toEqual(['session-ended', 'session-ended', 'session-ended']);
    expect(since(began)).toBeLessThan(PROMISED_MS);
    expect([await ask(nodes[1], token), await refused(nodes[1], token)]).toEqual(['401 session-ended', 'session-ended']);
  });

  it('is known to a node that was cut off meanwhile, within 2 s after it is back', async () => {
    const token = tokenOf('ann');
    const ann = await nodes[1].connected(token);
    wire.refuses = true;
    wire.cut();
    await revoke(nodes[0], { userId: 'ann' });
    while ((await ask(nodes[1], tokenOf('ben'))) !== '503 unavailable');
    wire.refuses = false;
    const began = performance.now();
    expect(await closed(ann)).toBe('session-ended');
    expect(since(began)).toBeLessThan(PROMISED_MS);
    expect(await ask(nodes[1], token)).toBe('401 session-ended');
  });

  it('is known to all nodes after Redis has lost it', async () => {
    const [token, bens] = [tokenOf('ann'), tokenOf('ben')];
    await ask(nodes[0], token, 'DELETE', '/api/session');
    await revoke(nodes[1], { userId: 'ben' });
    redis.command('FLUSHALL');
    while (((await nodes[0].store.sessionEnds?.since(0))?.ends.length ?? 0) < 2);
    const third = await node(redis.url);
    expect([await ask(third, token), await ask(third, bens)]).toEqual(['401 session-ended', '401 session-ended']);
    await third.stop();
  });
});
