import { UserMessages } from '../messages/user-messages.js';
import { PresencePolicy } from '../presence/presence-policy.js';
import { adminToken, SocketApp, tokenOf } from '../socket-app.suite.js';
import { JobsApp, refusal } from './jobs-app.fixture.js';

describe('people over HTTP', () => {
  let app: SocketApp;
  beforeAll(async () => {
    app = await SocketApp.start({ gateway: { http: {} } });
  });
  afterAll(() => app.stop());
  const call = async (method: string, path: string, token: string | null, json?: unknown) => {
    const answer = await fetch(app.url + path, {
      method,
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: json === undefined ? null : JSON.stringify(json),
    });
    return { status: answer.status, epoch: answer.headers.get('harmonia-epoch'), body: JSON.parse(await answer.text()) };
  };
  const admin = adminToken('root');

  it('[P3] says who is online to admins, and to nobody else', async () => {
    const tabs = [await app.connected(tokenOf('ann', { name: 'Ann' })), await app.connected(tokenOf('ann', { name: 'Ann' }))];
    const { status, epoch, body } = await call('GET', '/api/presence', admin);
    expect([status, typeof epoch]).toEqual([200, 'string']);
    expect(body).toEqual({
      users: [{ userId: 'ann', name: 'Ann', since: expect.stringMatching(/Z$/), connections: 2 }],
      ...{ count: 1, connections: 2, nodes: 1 },
    });
    expect(await call('GET', '/api/presence', tokenOf('ann'))).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
    expect(await call('GET', '/api/presence', null)).toMatchObject({ status: 401, body: { error: { code: 'token-missing' } } });
    tabs.forEach(({ socket }) => socket.disconnect());
  });

  it('[M2] notifies a user, for admins and the scope users:notify', async () => {
    const ann = await app.connected(tokenOf('ann/1 é'));
    const path = `/api/users/${encodeURIComponent('ann/1 é')}/notifications`;
    const said = { id: 'export-1', title: 'Export', message: 'Ready.', level: 'success' };
    expect(await call('POST', path, admin, said)).toMatchObject({ status: 202, body: { id: 'export-1', reached: true } });
    expect(await ann.next('notification')).toEqual({ ...said, at: expect.stringMatching(/Z$/) });
    const service = tokenOf('service', { scope: 'users:notify' });
    expect(await call('POST', '/api/users/nobody/notifications', service, { message: 'Hm.' })).toMatchObject({
      status: 202,
      body: { id: expect.stringMatching(/^[0-9a-f-]{36}$/), reached: false },
    });
    expect(await call('POST', path, tokenOf('ann/1 é'), said)).toMatchObject({ status: 403, body: { error: { code: 'forbidden' } } });
    const wrong = await call('POST', path, admin, { message: '', level: 'loud' });
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: 'payload-invalid', message: expect.stringContaining('level: ') } } });
    await ann.settled();
    expect(ann.received.filter(({ name }) => name === 'notification')).toHaveLength(1);
  });

  it('[M2] announces to everybody, for admins alone', async () => {
    const clients = [await app.connected(tokenOf('ann')), await app.connected(tokenOf('ben'), { protocol: 1 })];
    expect(await call('POST', '/api/announcements', admin, { id: 'a-1', message: 'Hello.' })).toMatchObject({
      status: 202,
      body: { id: 'a-1' },
    });
    await Promise.all(clients.map((client) => client.next('announcement', ({ id }) => id === 'a-1')));
    const service = tokenOf('service', { scope: 'users:notify' });
    expect(await call('POST', '/api/announcements', service, { message: 'Hello.' })).toMatchObject({ status: 403 });
  });

  it('answers in its own words what never reaches a route, and leaves other users\u2019 routes to the host', async () => {
    const jobs = await JobsApp.start({ prepare: (host) => host.setGlobalPrefix('v1') });
    const broken = { raw: { type: 'application/json', body: '{' }, as: 'admin' } as const;
    expect(refusal(await jobs.call('POST', '/v1/api/announcements', broken))).toBe('payload-invalid');
    expect(refusal(await jobs.call('POST', '/v1/api/users/ann/notifications', broken))).toBe('payload-invalid');
    expect(refusal(await jobs.call('PUT', '/v1/api/presence', { as: 'admin' }))).toBe('verb-unknown');
    expect((await jobs.call('GET', '/v1/api/users/ann')).body).toMatchObject({ statusCode: 404 });
    expect(jobs.app.get(UserMessages)).toBeInstanceOf(UserMessages);
    expect(jobs.app.get(PresencePolicy).seesEverybody({ userId: 'a', roles: [], scopes: [], expiresAt: null })).toBe(false);
    await jobs.stop();
  });
});
