import type { Job } from '@harmonia/contract';
import { JobAccessPolicy, SqliteJobStore, type JobOperation, type JobSession } from '@harmonia/job-engine';
import assert from 'node:assert/strict';
import { HeldJobStore } from '../held-job-store.suite.js';
import { adminToken, SocketApp, tokenOf, type Client } from '../socket-app.suite.js';

/** Owners, admins, and guests by job. */
class GuestBook extends JobAccessPolicy {
  readonly guests = new Set<string>();

  override allows({ userId, roles }: JobSession, _: JobOperation, job: Job): boolean {
    return job.userId === userId || roles.includes('admin') || this.guests.has(`${userId} ${job.id}`);
  }
}

describe('lost permissions', () => {
  const policy = new GuestBook();
  let store: HeldJobStore;
  let app: SocketApp;
  let id: string;
  let guest: Client;
  beforeAll(async () => {
    store = new HeldJobStore(SqliteJobStore.open({ directory: ':memory:' }));
    app = await SocketApp.start({ jobs: { store, policy } });
  });
  beforeEach(async () => {
    id = await app.job('ann');
    policy.guests.add(`guest ${id}`);
    guest = await app.connected(tokenOf('guest'), { protocol: 1 });
    await guest.ask('job:subscribe', { jobId: id });
  });
  afterAll(() => app.stop());

  const revoke = async () => {
    policy.guests.delete(`guest ${id}`);
    await app.access.revoke('guest', id);
  };

  it('[S7] evicts the sockets of the user from the room of the job, before anything later is told', async () => {
    const reading = store.hold();
    await revoke();
    await app.publisher.started(id);
    reading.release();
    expect(await guest.next('job:removed')).toEqual({ epoch: expect.any(String), id, version: expect.any(Number) });
    await app.publisher.completed(id);
    await guest.settled();
    expect(guest.events).toEqual(['job:removed 1']);
  });

  it('[S7] leaves everybody else in the room', async () => {
    const ann = await app.connected(tokenOf('ann'), { protocol: 1 });
    await ann.ask('job:subscribe', { jobId: id });
    await revoke();
    await app.publisher.started(id);
    await ann.settled();
    expect(ann.events).toEqual(['jobs:frame 2']);
  });

  it('[S7] brings a socket back whose user may still see the job, with the state it missed', async () => {
    const reading = store.hold();
    await app.access.revoke('guest', id);
    await reading.taken;
    await app.publisher.started(id);
    reading.release();
    await guest.next('job:status', ({ version }) => version === 2);
    await app.publisher.completed(id);
    await guest.settled();
    expect(guest.events).toEqual(['job:status 1', 'job:status 2', 'job:completed 3']);
  });

  it.each(['job:unsubscribe', 'job:subscribe', 'jobs:sync'])(
    '[S7] leaves it to the client whether it comes back: %s was asked first',
    async (verb) => {
      const before = store.hold();
      const [pending, asked] = [
        guest.ask('jobs:subscribe:user'),
        guest.ask(verb, verb === 'jobs:sync' ? { epoch: null, jobs: {} } : { jobId: id }),
      ];
      await before.taken;
      await app.access.revoke('guest', id);
      before.release();
      await Promise.all([pending, asked]);
      await guest.settled();
      await app.publisher.started(id);
      await guest.settled();
      expect(guest.events).toEqual(verb === 'job:subscribe' ? ['jobs:frame 2'] : []);
    },
  );

  it('[S7] says removed of a job that is gone by then', async () => {
    await app.publisher.cancelled(id);
    const reading = store.hold();
    await revoke();
    await reading.taken;
    await app.publisher.removed(id);
    reading.release();
    expect(await guest.next('job:removed')).toMatchObject({ id, version: 0 });
  });

  it('[S7] sends a socket away when it cannot be told what it may see', async () => {
    jest.spyOn(store, 'read').mockRejectedValueOnce(new Error('The disk is on fire.'));
    await app.access.revoke('guest', id);
    expect(await guest.next('session:closing')).toEqual({ code: 'internal-error', retryAfterMs: 0 });
    expect(await guest.next('disconnect')).toBe('transport close');
  });

  it('[S7] [E5] closes every session of a user who may have lost more than one job', async () => {
    const other = await app.connected(tokenOf('guest'));
    const bystander = await app.connected(tokenOf('ann'));
    await app.access.revoke('guest');
    await app.publisher.started(id);
    for (const client of [guest, other]) {
      expect(await client.next('session:closing')).toEqual({ code: 'access-revoked', retryAfterMs: 0 });
      expect(await client.next('disconnect')).toBe('transport close');
      expect(client.events).toEqual([]);
    }
    await bystander.settled();
    expect(bystander.socket.connected).toBe(true);
  });

  it('[E5] lets the client of a closed session come back by itself', async () => {
    const client = app.client({ token: tokenOf('guest') }, { reconnection: true, reconnectionDelay: 1 });
    await client.next('authenticated');
    client.clear();
    await app.access.revoke('guest');
    await client.next('disconnect');
    await client.next('authenticated');
    expect(client.socket.connected).toBe(true);
  });
});

describe('a new owner', () => {
  let app: SocketApp;
  let ann: Client;
  let ben: Client;
  let id: string;
  beforeEach(async () => {
    app = await SocketApp.start();
    ann = await app.connected(tokenOf('ann'), { protocol: 1 });
    ben = await app.connected(tokenOf('ben'), { protocol: 1 });
    await Promise.all([ann, ben].map((client) => client.ask('jobs:subscribe:user')));
    id = await app.job('ann');
    await Promise.all([ann, ben].map((client) => client.settled()));
    [ann, ben].forEach((client) => client.clear());
  });
  afterEach(() => app.stop());

  it('[E1] is told of the whole job, and the former owner that it is gone', async () => {
    await app.publisher.edited(id, { userId: 'ben' });
    await app.publisher.started(id);
    await Promise.all([ann.settled(), ben.settled()]);
    expect(ann.events).toEqual(['job:removed 2']);
    expect(ben.events).toEqual(['job:status 2', 'jobs:frame 3']);
    expect(ben.received[0]?.payload).toMatchObject({ id, userId: 'ben', title: null, tags: [], input: null, result: null });
  });

  it('[S7] takes the job from the former owner’s sockets that watch it', async () => {
    await ann.ask('job:subscribe', { jobId: id });
    await app.publisher.edited(id, { userId: 'ben' });
    await app.publisher.started(id);
    await ann.next('job:removed');
    await ann.settled();
    expect(ann.events.map((event) => event.split(' ')[0])).toEqual(['job:removed']);
  });

  it.each([
    ['and the job itself', true],
    ['but not the job itself', false],
  ])('[E1] leaves an admin who watches everybody’s jobs, %s, what was theirs', async (_, watchesTheJob) => {
    const admin = await app.connected(adminToken('root'), { protocol: 1 });
    const theirs = await app.job('root');
    if (watchesTheJob) await admin.ask('job:subscribe', { jobId: theirs });
    await admin.ask('jobs:subscribe:user');
    await admin.ask('jobs:subscribe:all');
    await app.publisher.edited(theirs, { userId: 'ben' });
    await app.publisher.started(theirs);
    await admin.settled();
    expect(admin.events).toEqual(['job:status 2', 'jobs:frame 3']);
  });
});

describe('the feed', () => {
  let store: HeldJobStore;
  let app: SocketApp;
  beforeEach(async () => {
    store = new HeldJobStore(SqliteJobStore.open({ directory: ':memory:' }));
    app = await SocketApp.start({ jobs: { store } });
  });
  afterEach(() => app.stop());

  it('[F1] goes on after an event that it could not tell', async () => {
    const ann = await app.connected(tokenOf('ann'), { protocol: 1 });
    const id = await app.job('ann');
    await ann.ask('job:subscribe', { jobId: id });
    const { epoch, position, records } = await store.read([id]);
    const job = { ...(records.get(id)?.job as Job), version: 2 };
    const broken = { ...job, toJSON: () => assert.fail('This job cannot be told.') };
    store.tell({ epoch, position, events: [broken, job].map((one) => ({ kind: 'completed', job: one })) });
    await ann.settled();
    expect(ann.events).toEqual(['job:completed 2']);
  });

  it('[R7] takes a new epoch from what it hears', async () => {
    store.tell({ epoch: 'the next one', position: 'p', events: [] });
    const ann = app.client({ token: tokenOf('ann') });
    expect(await ann.next('authenticated')).toMatchObject({ epoch: 'the next one' });
  });
});
