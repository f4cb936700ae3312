import type { Job, Verb } from '@harmonia/contract';
import { JobAccessPolicy, OwnerOrAdminPolicy, type JobOperation, type JobSession } from '@harmonia/job-engine';
import { JwtService } from '@nestjs/jwt';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { randomUUID } from 'node:crypto';
import { Sessions } from './sessions/sessions.js';
import { adminToken, SECRET, SocketApp, tokenOf, type Client, type Loose } from './socket-app.suite.js';

/**
 * Who may do what, at every door: each row is an operation, each column a role, each cell what comes of it. A door that is new
 * gets a row, a role that is new a column; a cell that is not written does not compile.
 */
const ROLES = ['owner', 'other', 'admin', 'share', 'reporter', 'revoked', 'ended', 'expired', 'nobody'] as const;
type Role = (typeof ROLES)[number];
type Cells = readonly [string, string, string, string, string, string, string, string, string];

const OK = 'ok';
const NOT_FOUND = 'job-not-found';
const FORBIDDEN = 'forbidden';
const UNKNOWN = 'job-unknown';
const NO_VERB = 'verb-unknown';
/** Whoever cannot say who they are: their session was ended, is over, or there is none. */
const OUT = ['session-ended', 'token-expired', 'token-missing'] as const;

type Status = 'queued' | 'completed' | 'failed';
/** What is asked for; `:id` stands for the job of the cell. */
type HttpRow = readonly [request: string, status: Status, cells: Cells, json?: object];
type SocketRow = readonly [verb: string, cells: Cells, payload?: 'job' | object];

//                                                      owner      other      admin  share      reporter   revoked    ended, expired, nobody
const READING: Cells = /* reading a job            */ [OK, NOT_FOUND, OK, OK, NOT_FOUND, NOT_FOUND, ...OUT];
const CHANGING: Cells = /* changing a job          */ [OK, NOT_FOUND, OK, FORBIDDEN, NOT_FOUND, NOT_FOUND, ...OUT];
const OF_ADMINS: Cells = /* for admins alone       */ [FORBIDDEN, FORBIDDEN, OK, FORBIDDEN, FORBIDDEN, FORBIDDEN, ...OUT];
const OF_USERS: Cells = /* for whoever is a user   */ [OK, OK, OK, FORBIDDEN, OK, OK, ...OUT];
const OF_ALL: Cells = /* for whoever has a session */ [OK, OK, OK, OK, OK, OK, ...OUT];
const REPORTING: Cells = [FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, OK, FORBIDDEN, ...OUT];
const NO_REPORTING: Cells = [FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN, UNKNOWN, FORBIDDEN, ...OUT];
const BY_TICKET: Cells = [OK, OK, OK, OK, OK, OK, OK, OK, OK];

const REPORT = { attempt: 1, sequence: 1, progress: 10 };
const MESSAGE = { message: 'Hello.' };

const HTTP: readonly HttpRow[] = [
  ['POST /api/jobs', 'queued', OF_USERS, { jobType: 'simulate' }],
  ['GET /api/jobs', 'queued', OF_USERS],
  ['GET /api/jobs?scope=all', 'queued', OF_ADMINS],
  ['POST /api/jobs/sync', 'queued', OF_ALL, { epoch: null, jobs: {} }],
  ['POST /api/jobs/sync', 'queued', OF_USERS, { epoch: null, jobs: {}, user: null }],
  ['POST /api/jobs/sync', 'queued', OF_ADMINS, { epoch: null, jobs: {}, all: null }],
  ['GET /api/jobs/:id', 'queued', READING],
  ['GET /api/jobs/:id/history', 'queued', READING],
  ['GET /api/jobs/:id/result', 'completed', READING],
  ['POST /api/jobs/:id/result/ticket', 'completed', READING],
  ['GET /api/jobs/:id/result?ticket=:ticket', 'completed', BY_TICKET],
  ['POST /api/jobs/:id/share', 'queued', CHANGING, {}],
  ['POST /api/jobs/:id/cancel', 'queued', CHANGING],
  ['POST /api/jobs/:id/retry', 'failed', CHANGING],
  ['DELETE /api/jobs/:id', 'completed', CHANGING],
  ['POST /api/jobs/:external/reports', 'queued', REPORTING, REPORT],
  ['POST /api/jobs/:id/reports', 'queued', NO_REPORTING, REPORT],
  ['GET /api/presence', 'queued', OF_ADMINS],
  ['POST /api/users/zed/notifications', 'queued', OF_ADMINS, MESSAGE],
  ['POST /api/announcements', 'queued', OF_ADMINS, MESSAGE],
  ['DELETE /api/users/zed/sessions', 'queued', OF_ADMINS],
  ['DELETE /api/session', 'queued', OF_USERS],
  ['GET /api/audit', 'queued', OF_ADMINS],
  ['GET /api/v1/websocket/stats', 'queued', OF_ADMINS],
  ['GET /api/v1/websocket/connections', 'queued', OF_ADMINS],
];

const SOCKET: readonly SocketRow[] = [
  ['job:subscribe', READING, 'job'],
  ['job:unsubscribe', OF_ALL, 'job'],
  ['jobs:subscribe:user', OF_USERS],
  ['jobs:unsubscribe:user', OF_USERS],
  ['jobs:subscribe:all', OF_ADMINS],
  ['jobs:unsubscribe:all', OF_ADMINS],
  ['jobs:sync', OF_ALL, { epoch: null, jobs: {} }],
  ['jobs:sync', OF_USERS, { epoch: null, jobs: {}, user: null }],
  ['jobs:sync', OF_ADMINS, { epoch: null, jobs: {}, all: null }],
  ['presence:watch', CHANGING, 'job'],
  ['presence:unwatch', OF_USERS, 'job'],
  ['presence:watch:all', OF_ADMINS],
  ['presence:unwatch:all', OF_USERS],
  ['auth:refresh', OF_USERS, { token: ':token' }],
  ['no:such:verb', [NO_VERB, NO_VERB, NO_VERB, FORBIDDEN, NO_VERB, NO_VERB, ...OUT]],
];

/** What reaches a socket that watches whatever it may. */
const TOLD = 'told';
const NOT = 'not told';
const EVENTS: readonly (readonly [what: string, cells: Cells])[] = [
  ['the job goes on', [TOLD, NOT, TOLD, TOLD, NOT, NOT, ...OUT]],
  ['another job of its owner goes on', [TOLD, NOT, TOLD, NOT, NOT, TOLD, ...OUT]],
  ['somebody watches the job', [TOLD, NOT, TOLD, NOT, NOT, NOT, ...OUT]],
  ['somebody comes online', [NOT, NOT, TOLD, NOT, NOT, NOT, ...OUT]],
  ['everybody is told something', [TOLD, TOLD, TOLD, NOT, TOLD, TOLD, ...OUT]],
  ['the owner is told something', [TOLD, NOT, NOT, NOT, NOT, TOLD, ...OUT]],
];

/** A request that is new does not compile until it stands here, and then wants its row. */
const VERBS: Record<Verb, true> = {
  'job:subscribe': true,
  'job:unsubscribe': true,
  'jobs:subscribe:user': true,
  'jobs:unsubscribe:user': true,
  'jobs:subscribe:all': true,
  'jobs:unsubscribe:all': true,
  'jobs:sync': true,
  'auth:refresh': true,
  'presence:watch': true,
  'presence:unwatch': true,
  'presence:watch:all': true,
  'presence:unwatch:all': true,
};

describe('the matrix', () => {
  it('has a row for every route and every request of the protocol', () => {
    const { paths } = SwaggerModule.createDocument(app.app, new DocumentBuilder().build());
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const rows = HTTP.map(([request]) => request.replace(/\?.*/, '').replace(/:id|:external|(?<=users\/)zed/, '{id}'));
    expect(routes.length).toBeGreaterThan(15);
    expect(routes.filter((route) => !rows.includes(route))).toEqual([]);
    const verbs = SOCKET.map(([verb]) => verb);
    expect(Object.keys(VERBS).filter((verb) => !verbs.includes(verb))).toEqual([]);
  });
});

/** Owners, admins and reporters, but for whom a job was taken from. */
class Takings extends JobAccessPolicy {
  readonly taken = new Set<string>();
  private readonly others = new OwnerOrAdminPolicy();

  override allows(session: JobSession, operation: JobOperation, job: Job): boolean {
    return !this.taken.has(`${session.userId} ${job.id}`) && this.others.allows(session, operation, job);
  }
}

const policy = new Takings();
const expired = new JwtService({ secret: SECRET }).sign({ sub: 'ann' }, { expiresIn: '-1s' });
/** Of one who has another session besides, which is not ended. */
const endedToken = tokenOf('eve', { jti: 'ended' });
let app: SocketApp;
beforeAll(async () => {
  const limits = { eventsPerSecond: 10_000, burst: 10_000, socketsPerUser: 1000, unauthenticatedPerAddress: 1000 };
  app = await SocketApp.start({ jobs: { policy }, gateway: { http: {}, limits } });
  await app.app.get(Sessions).revoke({ userId: 'eve', sessionId: 'ended' });
});
afterAll(() => app.stop());

/** The job of a cell, as it is to be before anything is asked; that of the revoked is their own, and was taken from them. */
async function prepared(role: Role, status: Status, jobType = 'simulate'): Promise<string> {
  const userId = role === 'revoked' ? 'rae' : 'ann';
  const { id } = await app.publisher.created({ userId, jobType });
  if (status === 'completed') await app.publisher.completed(id, { n: 1 });
  if (status === 'failed') await app.publisher.failed(id, 'It broke.');
  if (role === 'revoked') await take(id);
  return id;
}

async function take(id: string): Promise<void> {
  policy.taken.add(`rae ${id}`);
  await app.access.revoke('rae', id);
}

/** Each with a session of its own, which signing out may end. */
async function tokenFor(role: Role, id: string): Promise<string | null> {
  const jti = randomUUID();
  const tokens: Record<Exclude<Role, 'share'>, string | null> = {
    owner: tokenOf('ann', { jti }),
    other: tokenOf('ben', { jti }),
    admin: tokenOf('root', { jti, roles: ['admin'] }),
    reporter: tokenOf('worker', { jti, scope: 'jobs:report' }),
    revoked: tokenOf('rae', { jti }),
    ended: endedToken,
    expired,
    nobody: null,
  };
  if (role !== 'share') return tokens[role];
  const { body } = await call('POST', `/api/jobs/${id}/share`, tokenOf('ann'), {});
  return body.token;
}

async function call(method: string, path: string, token: string | null, json?: object): Promise<{ status: number; body: Loose }> {
  const answer = await fetch(app.url + path, {
    method,
    headers: { 'content-type': 'application/json', ...(token !== null && { authorization: `Bearer ${token}` }) },
    ...(json && { body: JSON.stringify(json) }),
  });
  const text = await answer.text();
  return { status: answer.status, body: text === '' ? null : JSON.parse(text) };
}

/** Null and why, when nobody is let in. */
async function connected(role: Role, id: string): Promise<{ client: Client; refused: string | null; token: string | null }> {
  const token = await tokenFor(role, id);
  const client = app.client({ token, protocol: 1 });
  const refused = await Promise.race([
    client.next('authenticated').then(() => null),
    client.next('connect_error').then(({ data }) => data.code),
  ]);
  return { client, refused, token };
}

/** Every role in turn, as the cells are written. */
async function cellsOf(outcome: (role: Role) => Promise<string>): Promise<readonly string[]> {
  const cells = [];
  for (const role of ROLES) cells.push(await outcome(role));
  return cells;
}

describe('[G2, S1, S4, A3] over HTTP', () => {
  const outcome = async (role: Role, [request, status, , json]: HttpRow): Promise<string> => {
    const [method = '', path = ''] = request.split(' ');
    const id = await prepared(role, status, path.includes(':external') ? 'external' : 'simulate');
    const token = await tokenFor(role, id);
    const owner = role === 'revoked' ? adminToken('root') : tokenOf('ann');
    const ticket = path.includes(':ticket') ? (await call('POST', `/api/jobs/${id}/result/ticket`, owner)).body.url.split('=')[1] : '';
    const filled = path.replace(':id', id).replace(':external', id).replace(':ticket', ticket);
    const answer = await call(method, filled, token, json);
    return answer.status < 300 ? OK : answer.body.error.code;
  };

  it.each(HTTP.map((row) => ({ row, title: `${row[0]} ${row[3] ? JSON.stringify(row[3]) : ''}` })))('$title', async ({ row }) => {
    expect(await cellsOf((role) => outcome(role, row))).toEqual(row[2]);
  });
});

describe('[G2, S1, S4, S6, P2, P3, A3] on a socket', () => {
  const outcome = async (role: Role, [verb, , payload]: SocketRow): Promise<string> => {
    const id = await prepared(role, 'queued');
    const { client, refused, token } = await connected(role, id);
    if (refused !== null) return refused;
    // presence is for those who watch the job itself
    if (verb === 'presence:watch') await client.ask('job:subscribe', { jobId: id });
    const said = payload === 'job' ? { jobId: id } : payload;
    const filled = JSON.parse(JSON.stringify(said ?? null).replace(':token', token ?? ''));
    const answer = await client.ask(verb, ...(filled === null ? [] : [filled]));
    client.socket.disconnect();
    return answer.ok ? OK : answer.error.code;
  };

  it.each(SOCKET.map((row) => ({ row, title: `${row[0]} ${JSON.stringify(row[2] ?? '')}` })))('$title', async ({ row }) => {
    expect(await cellsOf((role) => outcome(role, row))).toEqual(row[1]);
  });

  it('jobs:sync { jobs: { :id } } answers a job that is not theirs as one that is gone', async () => {
    const answered = await cellsOf(async (role) => {
      const id = await prepared(role, 'queued');
      const { client, refused } = await connected(role, id);
      if (refused !== null) return refused;
      const { data } = await client.ask('jobs:sync', { epoch: null, jobs: { [id]: 0 } });
      client.socket.disconnect();
      return data.jobs.length === 1 ? OK : data.removed.length === 1 ? NOT_FOUND : 'nothing';
    });
    expect(answered).toEqual(READING);
  });
});

describe('[G2, E2, S7, P2, P3, M2, A3] what is told', () => {
  /** What happens, and how the event is known that tells of it. */
  const happenings: Record<string, (id: string, other: string, owner: string) => Promise<string>> = {
    'the job goes on': async (id) => {
      await app.publisher.completed(id, 'told-of-the-job');
      return 'told-of-the-job';
    },
    'another job of its owner goes on': async (_, other) => {
      await app.publisher.completed(other, 'told-of-the-other');
      return 'told-of-the-other';
    },
    'somebody watches the job': async (id) => {
      const watcher = await app.connected(adminToken('watching-admin'), { protocol: 1 });
      await watcher.ask('job:subscribe', { jobId: id });
      await watcher.ask('presence:watch', { jobId: id });
      return '"job:viewers","payload":{"jobId"';
    },
    'somebody comes online': async () => {
      const newcomer = `newcomer-${randomUUID()}`;
      await app.connected(tokenOf(newcomer));
      return newcomer;
    },
    'everybody is told something': async () => {
      const { body } = await call('POST', '/api/announcements', adminToken('root'), MESSAGE);
      return body.id;
    },
    'the owner is told something': async (_, __, owner) => {
      const { body } = await call('POST', `/api/users/${owner}/notifications`, adminToken('root'), MESSAGE);
      return body.id;
    },
  };

  /** Asks for everything; what it may not have is refused. */
  async function watchAll(client: Client, id: string): Promise<void> {
    for (const verb of ['jobs:subscribe:user', 'jobs:subscribe:all', 'presence:watch:all']) await client.ask(verb);
    await client.ask('job:subscribe', { jobId: id });
    await client.ask('presence:watch', { jobId: id });
  }

  const outcome = async (role: Role, what: string): Promise<string> => {
    const owner = role === 'revoked' ? 'rae' : 'ann';
    const id = await app.job(owner);
    const other = await app.job(owner);
    const { client, refused } = await connected(role, id);
    if (refused !== null) return refused;
    await watchAll(client, id);
    if (role === 'revoked') await take(id);
    // somebody to whom it is surely told
    const witness = await app.connected(adminToken('witness'), { protocol: 1 });
    await watchAll(witness, id);
    const sign = await (happenings[what] ?? (() => Promise.reject(new Error(what))))(id, other, owner);
    if (!what.startsWith('the owner')) await said(witness, sign);
    else await new Promise((resolve) => setImmediate(resolve));
    await client.settled();
    const isTold = has(client, sign);
    [client, witness].forEach(({ socket }) => socket.disconnect());
    return isTold ? TOLD : NOT;
  };
  const has = (client: Client, sign: string) => client.received.some((one) => JSON.stringify(one).includes(sign));
  const said = async (client: Client, sign: string): Promise<void> => {
    while (!has(client, sign)) await new Promise((resolve) => setImmediate(resolve));
  };

  it.each(EVENTS)('%s', async (what, cells) => {
    expect(await cellsOf((role) => outcome(role, what))).toEqual(cells);
  });
});
