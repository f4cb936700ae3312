import { JobsSyncAnswerSchema, RefusalError, type Job } from '@harmonia/contract';
import {
  JobAccessPolicy,
  SqliteJobStore,
  type JobChange,
  type JobEventBatch,
  type JobOperation,
  type JobSession,
  type JobStore,
} from '@harmonia/job-engine';
import * as v from 'valibot';
import { SessionAuthenticator, type SessionCredentials } from '../connection/session-authenticator.js';
import { HeldJobStore } from '../held-job-store.suite.js';
import { SocketApp, type Client, type Loose } from '../socket-app.suite.js';
import { RepairCounts } from './repair-counts.js';

// hundreds of sockets on a busy machine
jest.setTimeout(20_000);

/** A token is the user, and whether an admin: `ann`, `root admin`. */
class Doorman extends SessionAuthenticator {
  readonly banned = new Set<string>();
  readonly demoted = new Set<string>();

  override async authenticate({ token = '' }: SessionCredentials): Promise<JobSession> {
    const [userId = '', ...roles] = token.split(' ');
    if (this.banned.has(userId)) throw new RefusalError('token-invalid');
    return { userId, roles: this.demoted.has(userId) ? [] : roles, scopes: [], expiresAt: null };
  }
}

/** Owners, admins, and guests by job. */
class GuestBook extends JobAccessPolicy {
  readonly guests = new Set<string>();

  override allows({ userId, roles }: JobSession, _: JobOperation, job: Job): boolean {
    return job.userId === userId || roles.includes('admin') || this.guests.has(`${userId} ${job.id}`);
  }
}

/** A store of which this node hears nothing while it is deaf, and then that something was missed. */
class DeafJobStore extends HeldJobStore {
  private isDeaf = false;
  private readonly listeners: ((batch: JobEventBatch) => void)[] = [];

  constructor(private readonly inner: JobStore) {
    super(inner);
  }

  override follow: JobStore['follow'] = (position, listener) => {
    this.listeners.push(listener);
    return this.inner.follow(position, (batch) => (this.isDeaf ? undefined : listener(batch)));
  };

  override tell(batch: JobEventBatch): void {
    this.listeners.forEach((listener) => listener(batch));
  }

  async missing(work: () => Promise<unknown>): Promise<void> {
    this.isDeaf = true;
    await work();
    this.isDeaf = false;
    this.tell({ ...(await this.inner.read([])), events: [], missed: true });
  }
}

describe('[F2] when something was missed', () => {
  const doorman = new Doorman();
  const policy = new GuestBook();
  let store: DeafJobStore;
  let app: SocketApp;
  let id: string;
  beforeEach(async () => {
    store = new DeafJobStore(SqliteJobStore.open({ directory: ':memory:' }));
    app = await SocketApp.start({ jobs: { store, policy }, gateway: { jwt: undefined, authenticator: doorman } as never });
    id = await app.job('ann');
  });
  afterEach(() => app.stop());

  const plain = async (token: string) => app.connected(token);
  const framed = async (token: string) => app.connected(token, { protocol: 1 });
  const deafly = (...changes: readonly JobChange[]) => store.missing(() => store.apply(changes));
  const progress = (current: number, jobId = id): JobChange => ({
    kind: 'reported',
    id: jobId,
    progress: { current, total: 100, message: '' },
  });
  const created = (jobId: string, userId = 'ann'): JobChange => ({
    kind: 'created',
    job: { id: jobId, userId, jobType: 'simulate', title: null, tags: [], input: null },
  });
  const ended = (jobId: string): JobChange => ({ kind: 'reported', id: jobId, status: 'completed' });
  const cancelled = (jobId: string): JobChange => ({ kind: 'cancelled', id: jobId });
  const removed = (jobId: string): JobChange => ({ kind: 'removed', id: jobId });
  const inShort = ({ told }: Client) => told.map(({ name, id: jobId, version }) => `${name} ${jobId === id ? 'it' : jobId} ${version}`);

  it('tells a plain client that watches a job its newest state, and goes on', async () => {
    const ann = await plain('ann');
    await ann.ask('job:subscribe', { jobId: id });
    ann.clear();
    await deafly(progress(1), progress(2));
    await ann.hears({ id, version: 3 });
    await app.publisher.completed(id);
    await ann.settled();
    expect(ann.events).toEqual(['job:status 3', 'job:progress 3', 'job:completed 4']);
  });

  it('tells a plain client that watches a list what began, went on, ended and went, and nothing else', async () => {
    const ann = await plain('ann');
    for (const name of ['still', 'ends', 'goes']) await app.job('ann', name);
    await app.job('ann', 'ended');
    await app.publisher.completed('ended');
    await ann.ask('jobs:subscribe:user');
    await ann.settled();
    ann.clear();
    await deafly(created('new'), progress(1), ended('ends'), cancelled('goes'), removed('goes'), created('short'), ended('short'));
    await ann.hears({ id: 'short', version: 2 });
    await app.publisher.started('still');
    await ann.hears({ id: 'still', version: 2 });
    expect(inShort(ann).sort()).toEqual([
      'job:completed ends 2',
      'job:completed short 2',
      'job:progress it 2',
      'job:removed goes 3',
      'job:status it 2',
      'job:status new 1',
      'job:status still 2',
    ]);
  });

  it('tells of a removal at its own version, also of a job of which this node has told nothing', async () => {
    await deafly(created('old'), cancelled('old'));
    const ann = await plain('ann');
    await ann.ask('jobs:subscribe:user');
    await ann.settled();
    ann.clear();
    await deafly(removed('old'));
    await ann.hears({ id: 'old', version: 3 });
    expect(inShort(ann)).toEqual(['job:removed old 3']);
  });

  it('tells of every end, also beyond the newest that a list shows', async () => {
    const ann = await plain('ann');
    const ids = await Promise.all(Array.from({ length: 600 }, () => app.job('ann')));
    await ann.ask('jobs:subscribe:user');
    await ann.settled();
    ann.clear();
    await deafly(...ids.map(ended));
    await Promise.all(ids.map((jobId) => ann.hears({ id: jobId, version: 2 })));
    expect(ann.events).toHaveLength(ids.length);
  });

  it('has a protocol client sync, which brings what differs, and goes on meanwhile', async () => {
    const ann = await framed('ann');
    const before = await ann.ask('jobs:sync', { epoch: null, jobs: { [id]: 0 }, user: null });
    const { epoch, user } = v.parse(JobsSyncAnswerSchema, before.data);
    await deafly(progress(1), created('new'));
    await ann.next('session:lagged');
    await app.publisher.progress('new', 5);
    await ann.settled();
    expect(ann.events).toEqual(['jobs:frame 2']);
    const { data } = await ann.ask('jobs:sync', { epoch, jobs: { [id]: 1 }, user: user?.cursor });
    const answer = v.parse(JobsSyncAnswerSchema, data);
    expect(answer.jobs.map(({ version }) => version)).toEqual([2]);
    expect(answer.user?.jobs.map((job) => [job.id, job.version])).toEqual([
      [id, 2],
      ['new', 2],
    ]);
  });

  it('has a protocol client sync of which no watch is held here: a past that was rewritten may bring back what was gone', async () => {
    const ann = await framed('ann');
    await ann.ask('jobs:sync', { epoch: null, jobs: { gone: 3 } });
    const lagged = ann.next('session:lagged');
    await deafly(created('gone'));
    await lagged;
    const { data } = await ann.ask('jobs:sync', { epoch: null, jobs: { gone: 3 } });
    expect(v.parse(JobsSyncAnswerSchema, data).jobs.map((job) => job.id)).toEqual(['gone']);
  });

  it.each([
    ['plain', plain, 'job:removed', ['job:removed 1']],
    ['protocol', framed, 'session:lagged', []],
  ])('[S7] tells a %s client nothing more of what it may no longer see', async (_, connect, word, told) => {
    policy.guests.add(`guest ${id}`);
    const guest = await connect('guest');
    await guest.ask('job:subscribe', { jobId: id });
    guest.clear();
    await store.missing(async () => {
      policy.guests.delete(`guest ${id}`);
      await app.access.revoke('guest', id);
    });
    await app.publisher.started(id);
    await guest.next(word);
    await app.publisher.completed(id);
    await guest.settled();
    expect(guest.events).toEqual(told);
  });

  it('[S7] sends away who is nobody any more, or may do other things now', async () => {
    const [ann, root, bystander] = [await framed('ann'), await plain('root admin'), await plain('ben')];
    await root.ask('jobs:subscribe:all');
    root.clear();
    await store.missing(async () => {
      doorman.banned.add('ann');
      doorman.demoted.add('root');
      await app.access.revoke('ann');
      await app.access.revoke('root');
    });
    await app.publisher.started(id);
    expect(await ann.next('session:closing')).toEqual({ code: 'token-invalid', retryAfterMs: 0 });
    expect(await root.next('session:closing')).toEqual({ code: 'access-revoked', retryAfterMs: 0 });
    await Promise.all([ann, root].map((client) => client.next('disconnect')));
    await bystander.settled();
    expect([ann.events, root.events, bystander.socket.connected]).toEqual([[], [], true]);
    doorman.banned.clear();
    doorman.demoted.clear();
  });

  it('[S3] decides a pending watch anew', async () => {
    const ann = await plain('ann');
    const reading = store.hold();
    const answer = ann.ask('job:subscribe', { jobId: id });
    await reading.taken;
    await deafly(progress(1));
    reading.release();
    const { data } = await answer;
    expect(data.job.version).toBe(2);
  });

  it('[S5] hands out no reading of a list from before', async () => {
    const ann = await framed('ann');
    await ann.ask('jobs:subscribe:user');
    await deafly(created('new'));
    const { data } = await ann.ask('jobs:sync', { epoch: null, jobs: {}, user: null });
    expect(v.parse(JobsSyncAnswerSchema, data).user?.jobs.map((job) => job.id)).toEqual([id, 'new']);
  });

  it('[S1] leaves it to the client what it watches: what it ended meanwhile does not come back', async () => {
    const ann = await plain('ann');
    await ann.ask('job:subscribe', { jobId: id });
    ann.clear();
    const reading = store.hold();
    const pending = ann.ask('job:subscribe', { jobId: 'absent' });
    const left = ann.ask('job:unsubscribe', { jobId: id });
    await reading.taken;
    await deafly(progress(1));
    reading.release();
    await Promise.all([pending, left]);
    await ann.settled();
    await app.publisher.completed(id);
    await ann.settled();
    expect(ann.events).toEqual([]);
  });

  it('[G13] tries again while the store cannot be reached, and then tells', async () => {
    const ann = await plain('ann');
    await ann.ask('job:subscribe', { jobId: id });
    await ann.settled();
    ann.clear();
    const { read } = store;
    let refused = 0;
    store.read = (ids) => (ids.includes(id) && refused++ < 2 ? Promise.reject(new RefusalError('unavailable')) : read(ids));
    await deafly(progress(1));
    await ann.next('job:progress');
    expect(refused).toBe(3);
    expect([ann.socket.connected, ann.events]).toEqual([true, ['job:status 2', 'job:progress 2']]);
  });

  it('spreads what it does, and counts it', async () => {
    const clients = await Promise.all(Array.from({ length: 100 }, () => framed('ann')));
    await Promise.all(clients.map((client) => client.ask('jobs:subscribe:user')));
    const at: number[] = [];
    const lagged = clients.map((client) => client.next('session:lagged').then(() => at.push(performance.now())));
    await deafly(progress(1));
    await Promise.all(lagged);
    expect(Math.max(...at) - Math.min(...at)).toBeGreaterThan(50);
    expect(app.app.get(RepairCounts)).toEqual({ missed: 1, untold: 0, sockets: 100 } satisfies Loose);
  });

  it('tells also what happened while a socket waited for its turn', async () => {
    const clients = await Promise.all(Array.from({ length: 100 }, () => plain('ann')));
    await Promise.all(clients.map((client) => client.ask('job:subscribe', { jobId: id })));
    await Promise.all(clients.map((client) => client.settled()));
    clients.forEach((client) => client.clear());
    await deafly(progress(1));
    await app.publisher.completed(id);
    await Promise.all(clients.map((client) => client.hears({ id, version: 3 })));
    await Promise.all(clients.map((client) => client.settled()));
    const ends = clients.map(({ events }) => events.filter((event) => event.startsWith('job:completed')));
    expect(ends).toEqual(clients.map(() => ['job:completed 3']));
    expect(clients.filter(({ events }) => events.at(-1) !== 'job:completed 3')).toEqual([]);
  });

  it('[L2] has a slow socket sync once it has drained', async () => {
    const late = await SocketApp.start({
      jobs: { store, policy },
      gateway: { jwt: undefined, authenticator: doorman, slow: { queuedBytes: 400 } } as never,
    });
    const ann = late.client({ token: 'ann', protocol: 1 });
    const marks: (() => void)[] = [];
    ann.socket.on('session:mark', (acknowledge: () => void) => marks.push(acknowledge));
    await ann.next('authenticated');
    await ann.ask('jobs:subscribe:user');
    for (let count = 0; marks.length === 0; count++) await late.job('ann', `filler-${count}`);
    ann.clear();
    const [ben, answer] = [late.client({ token: 'ben' }), ann.ask('jobs:unsubscribe:all')];
    await ben.next('authenticated');
    await deafly(created('new'), ended('new'));
    // ann's own requests wait until she has read
    await ben.settled();
    expect(ann.received).toEqual([]);
    marks.forEach((acknowledge) => acknowledge());
    await ann.next('session:lagged');
    expect(await answer).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    await app.job('ann', 'later');
    await ann.hears({ id: 'later', version: 1 });
    await late.stop();
  });

  it('[R7] reads anew for another epoch, in which versions say nothing', async () => {
    const ann = await plain('ann');
    await ann.ask('job:subscribe', { jobId: id });
    await app.publisher.progress(id, 10);
    await ann.hears({ id, version: 2 });
    await ann.settled();
    ann.clear();
    const next = SqliteJobStore.open({ directory: ':memory:' });
    await next.apply([created(id), progress(3)]);
    const reading = await next.read([id]);
    const read = jest.spyOn(store, 'read').mockImplementation((ids) => next.read(ids));
    store.tell({ epoch: reading.epoch, position: reading.position, events: [] });
    await ann.next('job:progress');
    expect(ann.received.at(-1)?.payload).toMatchObject({ epoch: reading.epoch, progress: { percentage: 3 } });
    read.mockRestore();
    await next.close();
  });
});
