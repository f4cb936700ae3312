import type { JobShare } from '@harmonia/contract';
import { JwtService } from '@nestjs/jwt';
import { adminToken, SECRET, SocketApp, tokenOf, type Client } from '../socket-app.suite.js';
import { Sessions } from '../sessions/sessions.js';
import { ShareTokens } from './share-tokens.js';

const EVERY_VERB = ['jobs:subscribe:user', 'jobs:unsubscribe:user', 'jobs:subscribe:all', 'jobs:unsubscribe:all', 'presence:watch:all'];
const FORBIDDEN = { ok: false, error: { code: 'forbidden' } };

describe('a token of a shared job', () => {
  let app: SocketApp;
  let id: string;
  let token: string;
  beforeAll(async () => {
    app = await SocketApp.start({ gateway: { http: {} }, jobs: { jobTypes: ['simulate'] } });
  });
  beforeEach(async () => {
    id = await app.job('ann');
    token = (await share(id, tokenOf('ann'))).body.token;
  });
  afterAll(() => app.stop());
  const call = async (method: string, path: string, bearer: string, json?: unknown) => {
    const answer = await fetch(app.url + path, {
      method,
      headers: { 'content-type': 'application/json', authorization: `Bearer ${bearer}` },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    const text = await answer.text();
    return { status: answer.status, text, body: answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : null };
  };
  const share = (job: string, by: string, forSeconds?: number) => call('POST', `/api/jobs/${job}/share`, by, { forSeconds });
  const shown = (protocol = 1): Promise<Client> => app.connected(token, { protocol });

  it('[A3] reads its job, the history and the result, over HTTP', async () => {
    await app.publisher.completed(id, { pages: 3 });
    expect((await call('GET', `/api/jobs/${id}`, token)).body).toMatchObject({ id, status: 'completed' });
    expect((await call('GET', `/api/jobs/${id}/history`, token)).body.history).toHaveLength(2);
    expect((await call('GET', `/api/jobs/${id}/result`, token)).body).toEqual({ pages: 3 });
    const { url } = (await call('POST', `/api/jobs/${id}/result/ticket`, token)).body;
    expect((await fetch(app.url + url)).status).toBe(200);
    const poll = await call('POST', '/api/jobs/sync', token, { epoch: null, jobs: { [id]: 0 } });
    expect(poll.body).toMatchObject({ jobs: [{ id }], removed: [] });
  });

  it('[A3] watches its job on a socket, and is told until its time is over at the latest', async () => {
    const viewer = await shown();
    expect(await viewer.next('authenticated')).toMatchObject({ user: { id: expect.stringMatching(/^share:/), roles: [] } });
    expect(await viewer.ask('job:subscribe', { jobId: id })).toMatchObject({ ok: true, data: { job: { id } } });
    await app.publisher.completed(id);
    await viewer.next('job:completed', ({ job }) => job.id === id);
    const synced = await viewer.ask('jobs:sync', { epoch: null, jobs: { [id]: 0 } });
    expect(synced).toMatchObject({ ok: true, data: { jobs: [{ id }] } });
  });

  it('[A3] opens nothing else on a socket', async () => {
    const other = await app.job('ann');
    const viewer = await shown();
    for (const verb of EVERY_VERB) expect(await viewer.ask(verb)).toMatchObject(FORBIDDEN);
    await viewer.ask('job:subscribe', { jobId: id });
    expect(await viewer.ask('presence:watch', { jobId: id })).toMatchObject(FORBIDDEN);
    expect(await viewer.ask('auth:refresh', { token: tokenOf('ann') })).toMatchObject(FORBIDDEN);
    expect(await viewer.ask('job:subscribe', { jobId: other })).toMatchObject({ ok: false, error: { code: 'job-not-found' } });
    expect(await viewer.ask('jobs:sync', { epoch: null, jobs: {}, user: null })).toMatchObject(FORBIDDEN);
    expect(await viewer.ask('jobs:sync', { epoch: null, jobs: { [other]: 0 } })).toMatchObject({
      data: { jobs: [], removed: [{ id: other }] },
    });
    await app.publisher.completed(other);
    await viewer.settled();
    expect(JSON.stringify(viewer.received)).not.toContain(other);
  });

  it('[A3] opens nothing else over HTTP', async () => {
    const other = await app.job('ann');
    const refused = async (method: string, path: string, json?: unknown) => (await call(method, path, token, json)).body.error.code;
    expect(await refused('GET', `/api/jobs/${other}`)).toBe('job-not-found');
    expect(await refused('GET', `/api/jobs/${other}/history`)).toBe('job-not-found');
    expect(await refused('POST', '/api/jobs/sync', { epoch: null, jobs: {}, user: null })).toBe('forbidden');
    for (const [method, path, json] of [
      ['GET', '/api/jobs'],
      ['POST', '/api/jobs', { jobType: 'simulate' }],
      ['POST', `/api/jobs/${id}/cancel`],
      ['POST', `/api/jobs/${id}/retry`],
      ['DELETE', `/api/jobs/${id}`],
      ['POST', `/api/jobs/${id}/reports`, { attempt: 1, sequence: 1, status: 'completed' }],
      ['POST', `/api/jobs/${id}/share`, {}],
      ['GET', '/api/presence'],
      ['GET', '/api/audit'],
      ['DELETE', '/api/session'],
      ['DELETE', '/api/users/ann/sessions'],
      ['GET', '/api/v1/websocket/stats'],
      ['GET', '/api/v1/websocket/connections'],
      ['POST', '/api/users/ann/notifications', { message: 'Hello.' }],
      ['POST', '/api/announcements', { message: 'Hello.' }],
    ] as const) {
      expect([method, path, await refused(method, path, json)]).toEqual([method, path, 'forbidden']);
    }
    expect((await app.store.read([id])).records.get(id)?.job).toMatchObject({ status: 'queued', version: 1 });
  });

  it('[A3] is nobody: not online, and told no messages', async () => {
    const admin = await app.connected(adminToken('root'), { protocol: 1 });
    const viewer = await shown();
    const { data } = await admin.ask('presence:watch:all');
    expect(JSON.stringify(data)).not.toContain('share:');
    await call('POST', '/api/announcements', adminToken('root'), { id: 'all', message: 'Hello.' });
    await admin.next('announcement');
    await viewer.settled();
    expect(viewer.received.map(({ name }) => name)).not.toContain('announcement');
  });

  it('[A3, S7] ends with the permission of its sharer, on open sockets too', async () => {
    const viewer = await shown();
    await viewer.ask('job:subscribe', { jobId: id });
    await app.publisher.edited(id, { userId: 'ben' });
    await viewer.next('job:removed', (event) => event.id === id);
    await app.publisher.edited(id, { title: 'secret' });
    await viewer.settled();
    expect(JSON.stringify(viewer.received)).not.toContain('secret');
    expect((await call('GET', `/api/jobs/${id}`, token)).body.error.code).toBe('job-not-found');
  });

  it('[A3, S7] is closed when its sharer loses all permissions', async () => {
    const viewer = await shown();
    await app.access.revoke('ann');
    expect(await viewer.next('session:closing')).toMatchObject({ code: 'access-revoked' });
  });

  it('[A3, S8] ends with all sessions of its sharer', async () => {
    const zoes = await app.job('zoe');
    token = (await share(zoes, tokenOf('zoe'))).body.token;
    const viewer = await shown();
    await app.app.get(Sessions).revoke({ userId: 'zoe' });
    expect(await viewer.next('session:closing')).toMatchObject({ code: 'session-ended' });
    expect((await call('GET', `/api/jobs/${zoes}`, token)).body.error.code).toBe('session-ended');
  });

  it('[A3] lasts as long as was asked, from a minute to a day', async () => {
    const forSeconds = async (seconds?: number) => (await share(id, tokenOf('ann'), seconds)).body as JobShare;
    const lasts = async (seconds?: number) => Math.round((Date.parse((await forSeconds(seconds)).expiresAt) - Date.now()) / 1000);
    expect(Math.abs((await lasts()) - 3600)).toBeLessThan(5);
    expect(Math.abs((await lasts(60)) - 60)).toBeLessThan(5);
    for (const wrong of [0, 59, 86_401, 1.5]) expect((await share(id, tokenOf('ann'), wrong)).status).toBe(400);
    const tokens = app.app.get(ShareTokens);
    const past = await tokens.issue(id, { userId: 'ann', roles: [], scopes: [] }, new Date(Date.now() - 1000));
    expect((await call('GET', `/api/jobs/${id}`, past)).body.error.code).toBe('token-expired');
  });

  it('[A3, S4] is given to those who may read the job', async () => {
    expect((await share(id, tokenOf('ben'))).body.error.code).toBe('job-not-found');
    expect((await share('nowhere', tokenOf('ben'))).body.error.code).toBe('job-not-found');
    const byAdmin = (await share(id, adminToken('root'))).body as JobShare;
    expect((await call('GET', `/api/jobs/${id}`, byAdmin.token)).status).toBe(200);
    expect((await call('GET', '/api/presence', byAdmin.token)).status).toBe(403);
  });

  it('[A3] never passes for a session token, nor the other way round', async () => {
    const [, payload = ''] = token.split('.');
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const sessions = new JwtService({ secret: SECRET });
    const kind = { alg: 'HS256' as const, typ: 'harmonia-share+jwt' };
    const forged = [
      sessions.sign({ ...said, sub: 'ann' }, { header: kind }),
      sessions.sign(said),
      `${Buffer.from('{"alg":"none","typ":"harmonia-share+jwt"}').toString('base64url')}.${payload}.`,
      token.replace(/^[^.]*/, Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url')),
      `${token.slice(0, -4)}AAAA`,
      token.slice(0, token.lastIndexOf('.')),
    ];
    for (const one of forged) {
      expect((await call('GET', `/api/jobs/${id}`, one)).body.error.code).toBe('token-invalid');
      expect((await call('GET', `/api/jobs/${id}`, token)).status).toBe(200);
    }
  });

  it('[A3] is not to be had where there is no secret to sign it with, or a short one', async () => {
    const authenticate = () => Promise.resolve({ userId: 'ann', roles: [], scopes: [], expiresAt: null });
    const off = new ShareTokens({ authenticator: { authenticate } });
    await expect(off.issue('a', { userId: 'ann', roles: [], scopes: [] }, new Date())).rejects.toMatchObject({ code: 'forbidden' });
    await expect(off.sessionOf(token)).rejects.toMatchObject({ code: 'token-invalid' });
    expect(() => new ShareTokens({ authenticator: { authenticate }, shareSecret: 'short' })).toThrow('32 bytes');
  });
});

describe('the claim jobTypes', () => {
  let app: SocketApp;
  beforeAll(async () => {
    app = await SocketApp.start({ gateway: { http: {} }, jobs: { jobTypes: ['simulate', 'pdf-notes'] } });
  });
  afterAll(() => app.stop());
  const post = async (path: string, claims: object, json: object) => {
    const headers = {
      'content-type': 'application/json',
      authorization: `Bearer ${tokenOf('worker', { scope: 'jobs:report', ...claims })}`,
    };
    const answer = await fetch(app.url + path, { method: 'POST', headers, body: JSON.stringify(json) });
    return JSON.parse(await answer.text());
  };
  const report = { attempt: 1, sequence: 1, status: 'processing' };

  it('[A4] bounds what may be created', async () => {
    expect(await post('/api/jobs', { jobTypes: ['simulate'] }, { jobType: 'simulate' })).toMatchObject({ status: 'queued' });
    expect(await post('/api/jobs', { jobTypes: ['simulate'] }, { jobType: 'pdf-notes' })).toMatchObject({ error: { code: 'forbidden' } });
    expect(await post('/api/jobs', { jobTypes: [] }, { jobType: 'simulate' })).toMatchObject({ error: { code: 'forbidden' } });
    expect(await post('/api/jobs', {}, { jobType: 'pdf-notes' })).toMatchObject({ status: 'queued' });
  });

  it('[A4, S4] bounds what may be reported on: any other job looks as one that is not there', async () => {
    await app.publisher.created({ id: 'ext', userId: 'ann', jobType: 'external' });
    const bounded = { jobTypes: ['simulate'] };
    const named = { ...report, userId: 'ann' };
    const [there, missing] = [await post('/api/jobs/ext/reports', bounded, report), await post('/api/jobs/none/reports', bounded, report)];
    expect([there, missing]).toEqual([missing, there]);
    expect(there).toMatchObject({ error: { code: 'job-unknown' } });
    expect([await post('/api/jobs/ext/reports', bounded, named), await post('/api/jobs/none/reports', bounded, named)]).toEqual([
      there,
      there,
    ]);
    expect((await app.store.read(['none'])).records.size).toBe(0);
    expect(await post('/api/jobs/ext/reports', { jobTypes: ['external'] }, report)).toMatchObject({ accepted: true });
    expect(await post('/api/jobs/new/reports', { jobTypes: ['external'] }, named)).toMatchObject({ accepted: true });
  });

  it('[A4] makes a token invalid when it is no list of types', async () => {
    for (const jobTypes of ['simulate', [1], ['no type']]) {
      expect(await post('/api/jobs', { jobTypes }, { jobType: 'simulate' })).toMatchObject({ error: { code: 'token-invalid' } });
    }
  });
});
