import type { Job } from '@harmonia/contract';
import { JobAccessPolicy, SqliteJobStore, type JobOperation, type JobSession } from '@harmonia/job-engine';
import { deferred, HeldJobStore } from '../held-job-store.suite.js';
import { adminToken, SocketApp, tokenOf, type Client } from '../socket-app.suite.js';

/** The owner, the admin, and whoever was let in. */
class GuestList extends JobAccessPolicy {
  readonly guests = new Set<string>();

  override allows(session: JobSession, _: JobOperation, job: Job): boolean {
    return job.userId === session.userId || session.roles.includes('admin') || this.guests.has(session.userId);
  }
}

describe('a watch that is pending', () => {
  const policy = new GuestList();
  let store: HeldJobStore;
  let app: SocketApp;
  let ann: Client;
  let id: string;
  beforeAll(async () => {
    store = new HeldJobStore(SqliteJobStore.open({ directory: ':memory:' }));
    app = await SocketApp.start({ jobs: { store, policy } });
  });
  beforeEach(async () => {
    ann = await app.connected(tokenOf('ann'), { protocol: 1 });
    id = await app.job('ann');
  });
  afterAll(() => app.stop());

  it('[S3] gets nothing before its answer, and afterwards what it missed', async () => {
    const reading = store.hold();
    const answer = ann.ask('job:subscribe', { jobId: id });
    await reading.taken;
    await app.publisher.started(id);
    await app.publisher.completed(id);
    expect(ann.events).toEqual([]);
    reading.release();
    expect(await answer).toMatchObject({ ok: true, data: { job: { status: 'queued', version: 1 } } });
    await ann.settled();
    expect(ann.events).toEqual(['job:completed 3']);
  });

  it('[S3] keeps of each job the newest, and what no later event repeats', async () => {
    const reading = store.hold();
    const answer = ann.ask('jobs:subscribe:user');
    await reading.taken;
    const other = await app.job('ann');
    await app.publisher.progress(id, 10);
    await app.publisher.progress(id, 20);
    await app.publisher.flush();
    await app.publisher.completed(id);
    await app.publisher.edited(id, { title: 'Done' });
    reading.release();
    await answer;
    await ann.settled();
    const [created, ...ofJob] = ann.received.filter(({ name }) => name.startsWith('job:'));
    expect(created).toMatchObject({ name: 'job:created', payload: { job: { id: other } } });
    expect(ofJob.map(({ name }) => name)).toEqual(['job:completed', 'job:status']);
  });

  it('[E2] does not repeat what another room of the socket brought, nor answers with something older', async () => {
    await ann.ask('jobs:subscribe:user');
    const reading = store.hold();
    const answer = ann.ask('job:subscribe', { jobId: id });
    await reading.taken;
    await app.publisher.completed(id);
    reading.release();
    expect(await answer).toMatchObject({ ok: true, data: { job: { status: 'completed', version: 2 } } });
    await ann.settled();
    expect(ann.events).toEqual(['job:completed 2']);
  });

  it('[E2] does not list a job again whose removal another room has brought', async () => {
    await app.publisher.cancelled(id);
    await ann.ask('job:subscribe', { jobId: id });
    const reading = store.hold();
    const answer = ann.ask('jobs:subscribe:user');
    await reading.taken;
    await app.publisher.removed(id);
    reading.release();
    const { data } = await answer;
    expect(data.jobs.map((job: { id: string }) => job.id)).not.toContain(id);
    await ann.settled();
    expect(ann.events).toEqual(['job:removed 3']);
  });

  it('[S3] tells a list of a removal that came after it was read', async () => {
    await app.publisher.cancelled(id);
    const reading = store.hold();
    const answer = ann.ask('jobs:subscribe:user');
    await reading.taken;
    await app.publisher.removed(id);
    reading.release();
    await answer;
    await ann.settled();
    expect(ann.events).toEqual(['job:removed 3']);
  });

  it('[S4] of a job that is removed meanwhile is refused', async () => {
    await app.publisher.cancelled(id);
    const reading = store.hold();
    const answer = ann.ask('job:subscribe', { jobId: id });
    await reading.taken;
    await app.publisher.removed(id);
    reading.release();
    expect(await answer).toMatchObject({ ok: false, error: { code: 'job-not-found' } });
  });

  it('[S3] decides anew when access is revoked meanwhile, and tells the stranger nothing', async () => {
    policy.guests.add('guest');
    const guest = await app.connected(tokenOf('guest'));
    const reading = store.hold();
    const answer = guest.ask('job:subscribe', { jobId: id });
    await reading.taken;
    await app.publisher.started(id);
    policy.guests.delete('guest');
    await app.access.revoke('guest', id);
    reading.release();
    expect(await answer).toMatchObject({ ok: false, error: { code: 'job-not-found' } });
    await app.publisher.completed(id);
    await guest.settled();
    expect(guest.events).toEqual([]);
  });

  it('[S3] decides anew when access is revoked while the policy is thinking', async () => {
    policy.guests.add('slow');
    const slow = await app.connected(tokenOf('slow'), { protocol: 1 });
    const asked = deferred<void>();
    const decided = deferred<boolean>();
    jest.spyOn(policy, 'allows').mockImplementationOnce((session) => {
      asked.resolve();
      expect(session.userId).toBe('slow');
      return decided.promise as never;
    });
    const answer = slow.ask('job:subscribe', { jobId: id });
    await asked.promise;
    policy.guests.delete('slow');
    await app.access.revoke('slow', id);
    decided.resolve(true);
    expect(await answer).toMatchObject({ ok: false, error: { code: 'job-not-found' } });
  });

  it('[S3] that is decided anew forgets what the new reading knows', async () => {
    await app.publisher.cancelled(id);
    const reading = store.hold();
    const answer = ann.ask('jobs:subscribe:user');
    await reading.taken;
    await app.publisher.removed(id);
    await app.access.revoke('ann', 'another');
    reading.release();
    expect(JSON.stringify(await answer)).not.toContain(id);
    await ann.settled();
    expect(ann.events).toEqual([]);
  });

  it('[S3] of a list tells a plain client, which reads no answer, of an end that the reading knows of already', async () => {
    const plain = await app.connected(tokenOf('ann'));
    await app.publisher.cancelled(await app.job('ann'));
    const reading = store.hold();
    plain.say('jobs:subscribe:user');
    await reading.taken;
    await app.publisher.completed(id);
    await app.access.revoke('ann', 'another');
    reading.release();
    await plain.settled();
    const ends = plain.received.filter(({ name, payload }) => name === 'job:completed' || payload?.status === 'cancelled');
    expect(ends).toMatchObject([{ name: 'job:completed', payload: { job: { id } } }]);
  });

  it('[S3] is not disturbed by what another user loses', async () => {
    const reading = store.hold();
    const answer = ann.ask('job:subscribe', { jobId: id });
    await reading.taken;
    await app.access.revoke('somebody-else', id);
    reading.release();
    expect(await answer).toMatchObject({ ok: true });
  });

  it.each([
    ['job:subscribe', (jobId: string) => ({ jobId })],
    ['jobs:subscribe:user', () => undefined],
  ])('[S3] of %s decides anew when the job gets another owner meanwhile', async (verb, payload) => {
    const reading = store.hold();
    const answer = ann.ask(verb, payload(id));
    await reading.taken;
    await app.publisher.edited(id, { userId: 'ben' });
    reading.release();
    expect(JSON.stringify(await answer)).not.toContain(`"id":"${id}"`);
    await app.publisher.started(id);
    await ann.settled();
    expect(ann.events).toEqual([]);
  });

  it('[S3] of everybody’s jobs outlives a change of owner', async () => {
    const admin = await app.connected(adminToken('root'), { protocol: 1 });
    const reading = store.hold();
    const answer = admin.ask('jobs:subscribe:all');
    await reading.taken;
    await app.publisher.edited(id, { userId: 'ben' });
    reading.release();
    expect(await answer).toMatchObject({ ok: true });
    await admin.settled();
    expect(admin.events).toEqual(['job:status 2']);
  });

  it('[S3] that is given up meanwhile ends outside the room, and verbs keep their order', async () => {
    const reading = store.hold();
    const answers: string[] = [];
    const asked = ['job:subscribe', 'job:unsubscribe'].map((verb) => ann.ask(verb, { jobId: id }).then(() => answers.push(verb)));
    await reading.taken;
    reading.release();
    await Promise.all(asked);
    await app.publisher.completed(id);
    await ann.settled();
    expect(answers).toEqual(['job:subscribe', 'job:unsubscribe']);
    expect(ann.events).toEqual([]);
  });

  it('leaves nothing behind when the socket goes meanwhile', async () => {
    const rooms = app.gateway.server?.adapter.rooms;
    const leaver = await app.connected(tokenOf('leaver'));
    const theirs = await app.job('leaver');
    const reading = store.hold();
    leaver.say('job:subscribe', { jobId: theirs });
    leaver.say('jobs:subscribe:user');
    await reading.taken;
    const left = new Promise((resolve) => app.gateway.server?.sockets.get(leaver.socket.id ?? '')?.once('disconnect', resolve));
    leaver.socket.disconnect();
    await left;
    reading.release();
    await ann.ask('job:subscribe', { jobId: id });
    expect(['job:' + id, 'job:' + theirs, 'user:leaver:jobs'].map((room) => rooms?.has(room))).toEqual([true, false, false]);
  });
});
