import { RefusalError } from '@harmonia/contract';
import { JwtService } from '@nestjs/jwt';
import { Person, RunningGateway, json } from '../testing/running-gateway.suite.js';
import { DemoSessions, type DemoSession } from './demo-sessions.js';

const SECRET = 'a-secret-of-more-than-thirty-two-bytes';

describe('the demo sign-in', () => {
  let gateway: RunningGateway;
  beforeAll(async () => (gateway = await RunningGateway.start({ JWT_SECRET: SECRET })));
  afterAll(() => gateway.stop());

  const signIn = (init: RequestInit): Promise<Response> => fetch(`${gateway.url}/api/auth/demo`, init);

  it('lists whom it lets in', async () => {
    const answer = await signIn({});
    expect(await answer.json()).toEqual({
      users: [
        expect.objectContaining({ id: 'ada', roles: [], scopes: [] }),
        expect.objectContaining({ id: 'grace', roles: [], scopes: [] }),
        expect.objectContaining({ id: 'admin', roles: ['admin'], scopes: [] }),
        expect.objectContaining({ id: 'worker', roles: [], scopes: ['jobs:report'] }),
      ],
    });
  });

  it('answers a token for an hour, which no cache keeps', async () => {
    const before = Date.now();
    const answer = await signIn(json({ user: 'admin' }));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { token, user, expiresAt } = (await answer.json()) as DemoSession;
    expect(user).toMatchObject({ id: 'admin', name: 'Admin', roles: ['admin'] });
    const claims = new JwtService({ secret: SECRET }).verify(token, { algorithms: ['HS256'] });
    expect(claims).toMatchObject({ sub: 'admin', roles: ['admin'], scope: '', name: 'Admin', email: 'admin@example.org' });
    expect(new Date(expiresAt).getTime()).toBe(claims.exp * 1000);
    expect(Math.abs(claims.exp * 1000 - before - 3_600_000)).toBeLessThan(5_000);
    expect((await new Person(gateway.url, token).fetch('/api/jobs?scope=all')).status).toBe(200);
  });

  it.each([
    ['a stranger', json({ user: 'mallory' })],
    ['nobody', json({})],
    ['a list', json(['ada'])],
    ['no body', { method: 'POST' }],
  ])('refuses %s, and says who may come in', async (_, init) => {
    const answer = await signIn(init);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: { code: 'payload-invalid', message: expect.stringMatching(/ada/) } });
  });

  it('keeps its secret with the jobs, so that tokens outlive a restart', async () => {
    const first = await RunningGateway.start();
    const { token } = await first.signIn('ada');
    await first.app.close();
    const second = await RunningGateway.start({ DATA_DIR: first.dataDir });
    expect((await new Person(second.url, token).fetch('/api/jobs')).status).toBe(200);
    await second.stop();
  });

  it('[S8] is over for good when one signs out, and nobody else is', async () => {
    const first = await RunningGateway.start();
    const [ada, adaElsewhere] = [await first.signIn('ada'), await first.signIn('ada')];
    expect((await ada.fetch('/api/session', { method: 'DELETE' })).status).toBe(204);
    expect((await ada.fetch('/api/jobs')).status).toBe(401);
    await first.app.close();
    const second = await RunningGateway.start({ DATA_DIR: first.dataDir });
    const statuses = await Promise.all([ada, adaElsewhere].map(({ token }) => new Person(second.url, token).fetch('/api/jobs')));
    expect(statuses.map(({ status }) => status)).toEqual([401, 200]);
    await second.stop();
  });

  it('is not there without DEMO_AUTH, where the tokens of others count', async () => {
    const earnest = await RunningGateway.start({ DEMO_AUTH: 'false', HOST: '127.0.0.1', JWT_SECRET: SECRET });
    expect((await fetch(`${earnest.url}/api/auth/demo`, json({ user: 'ada' }))).status).toBe(404);
    expect((await fetch(`${earnest.url}/test-client`)).status).toBe(404);
    const token = new JwtService({ secret: SECRET }).sign({ sub: 'someone' }, { expiresIn: 60 });
    expect((await new Person(earnest.url, token).fetch('/api/jobs')).status).toBe(200);
    expect((await new Person(earnest.url, '').fetch('/api/jobs')).status).toBe(401);
    await earnest.stop();
  });
});

describe('DemoSessions', () => {
  const tokens = new JwtService({ secret: SECRET });

  it('makes tokens that last as long as asked', () => {
    const { token } = new DemoSessions(tokens, -1).open('ada');
    expect(() => tokens.verify(token)).toThrow('jwt expired');
  });

  it('knows nobody but the demo users', () => {
    expect(() => new DemoSessions(tokens, 60).open('mallory')).toThrow(RefusalError);
  });
});
