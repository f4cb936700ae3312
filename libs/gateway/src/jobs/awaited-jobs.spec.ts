import type { Job } from '@harmonia/contract';
import { JobAccessPolicy, SqliteJobStore, type JobOperation, type JobSession } from '@harmonia/job-engine';
import { setImmediate as turn } from 'node:timers/promises';
import { HeldJobStore } from '../held-job-store.suite.js';
import { SocketApp, tokenOf, type Client } from '../socket-app.suite.js';
import { JobWatches } from './job-watches.js';
import { Watchers } from './watchers.js';

class Guests extends JobAccessPolicy {
  readonly guests = new Set<string>();

  override allows({ userId }: JobSession, _: JobOperation, job: Job): boolean {
    return job.userId === userId || this.guests.has(userId);
  }
}

describe('jobs that are declared before they are there', () => {
  const policy = new Guests();
  let app: SocketApp;
  let ann: Client;
  let ben: Client;
  beforeAll(async () => {
    app = await SocketApp.start({ jobs: { policy } });
  });
  beforeEach(async () => {
    policy.guests.clear();
    ann = await app.connected(tokenOf('ann'), { protocol: 1 });
    ben = await app.connected(tokenOf('ben'), { protocol: 1 });
  });
  afterEach(() => [ann, ben].forEach(({ socket }) => socket.disconnect()));
  afterAll(() => app.stop());
  const declare = (client: Client, ...ids: string[]) =>
    client.ask('jobs:sync', { epoch: null, jobs: Object.fromEntries(ids.map((id) => [id, 0])) });
  const ofJob = (client: Client, id: string) => JSON.stringify(client.received).split(`"${id}"`).length - 1;

  it('[S5, S4] are told of when they are created, to whom they are told at all', async () => {
    await Promise.all([declare(ann, 'early'), declare(ben, 'early')]);
    await app.job('ann', 'early');
    await ann.next('job:created', ({ job }) => job.id === 'early');
    await app.publisher.completed('early');
    await ann.next('job:completed', ({ job }) => job.id === 'early');
    await ben.settled();
    expect(ofJob(ben, 'early')).toBe(0);
  });

  it('[S5] are told of when they become the client’s own, or are shared with it', async () => {
    await app.job('somebody', 'given');
    await app.job('somebody', 'shared');
    await Promise.all([declare(ann, 'given'), declare(ben, 'shared')]);
    await app.publisher.edited('given', { userId: 'ann', title: 'Yours' });
    expect(await ann.next('job:status')).toMatchObject({ id: 'given', title: 'Yours' });
    policy.guests.add('ben');
    await app.access.revoke('ben', 'shared');
    expect(await ben.next('job:created')).toMatchObject({ job: { id: 'shared' } });
  });

  it('[S5, R13] are told of when they were removed, are declared nevertheless, and are created anew', async () => {
    await app.job('ann', 'again');
    await declare(ann, 'again');
    await app.publisher.cancelled('again');
    await app.publisher.removed('again');
    await ann.next('job:removed');
    await declare(ann, 'again');
    await app.job('ann', 'again');
    await ann.next('job:created', ({ job }) => job.id === 'again');
  });

  it('[S1] are forgotten when they are no longer declared, and with the connection', async () => {
    await declare(ann, 'a', 'b');
    await ann.ask('job:unsubscribe', { jobId: 'a' });
    const { awaited } = app.app.get(Watchers);
    expect([awaited.of('a'), awaited.of('b')].map(({ length }) => length)).toEqual([0, 1]);
    await declare(ann, 'c');
    expect([awaited.of('b'), awaited.of('c')].map(({ length }) => length)).toEqual([0, 1]);
    await app.job('ann', 'a');
    await app.job('ann', 'b');
    await ann.settled();
    expect([ofJob(ann, 'a'), ofJob(ann, 'b')]).toEqual([0, 0]);
    const [watcher] = awaited.of('c');
    ann.socket.disconnect();
    await ben.ask('jobs:unsubscribe:user');
    while (watcher?.isConnected) await new Promise((resolve) => setImmediate(resolve));
    expect(awaited.of('c')).toEqual([]);
  });
});

it('[S3] nothing is kept of what a connection had declared that was gone before it was decided', async () => {
  const store = new HeldJobStore(SqliteJobStore.open({ directory: ':memory:' }));
  const app = await SocketApp.start({ jobs: { store, policy: new Guests() } });
  const ann = await app.connected(tokenOf('ann'), { protocol: 1 });
  await app.job('ben', 'bens');
  const [watchers, watches] = [app.app.get(Watchers), app.app.get(JobWatches)];
  const reading = store.hold();
  ann.say('jobs:sync', { epoch: null, jobs: { never: 0, bens: 0 } });
  await reading.taken;
  ann.socket.disconnect();
  while (watchers.all.length > 0) await turn();
  reading.release();
  while (watches.isDeciding) await turn();
  expect(['never', 'bens'].map((id) => watchers.awaited.of(id).length)).toEqual([0, 0]);
  await app.stop();
});
