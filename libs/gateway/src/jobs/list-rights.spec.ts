import type { Job } from '@harmonia/contract';
import { JobAccessPolicy, OwnerOrAdminPolicy, type JobOperation, type JobSession } from '@harmonia/job-engine';
import { adminToken, SocketApp, tokenOf, type Client } from '../socket-app.suite.js';

/** Owners and admins, but for whom a job was denied; it answers at once, or later. */
class Denials extends JobAccessPolicy {
  readonly denied = new Set<string>();
  isLate = false;

  override allows({ userId, roles }: JobSession, _: JobOperation, { id, tags, userId: owner }: Job): boolean | Promise<boolean> {
    const isDenied = this.denied.has(`${userId} ${id}`) || tags.includes('hidden');
    const answer = !isDenied && (owner === userId || roles.includes('admin'));
    return this.isLate ? new Promise((resolve) => setImmediate(() => resolve(answer))) : answer;
  }
}

describe.each(['at once', 'later'])('lists under a policy that answers %s', (when) => {
  const policy = new Denials();
  let app: SocketApp;
  let clients: { plain: Client; framed: Client; synced: Client; admin: Client };
  beforeAll(async () => {
    policy.isLate = when === 'later';
    app = await SocketApp.start({ jobs: { policy } });
  });
  beforeEach(async () => {
    policy.denied.clear();
    const protocol = { protocol: 1 };
    const plain = await app.connected(tokenOf('ann'));
    const framed = await app.connected(tokenOf('ann'), protocol);
    const synced = await app.connected(tokenOf('ann'), protocol);
    const admin = await app.connected(adminToken('root'), protocol);
    clients = { plain, framed, synced, admin };
    await Promise.all([plain.ask('jobs:subscribe:user'), framed.ask('jobs:subscribe:user'), admin.ask('jobs:subscribe:all')]);
    await synced.ask('jobs:sync', { epoch: null, jobs: {}, user: null });
  });
  afterEach(() => Object.values(clients).forEach(({ socket }) => socket.disconnect()));
  afterAll(() => app.stop());
  const anns = () => [clients.plain, clients.framed, clients.synced];
  const settled = () => Promise.all(Object.values(clients).map((client) => client.settled()));
  const saidOf = (client: Client, text: string) => JSON.stringify(client.received).split(text).length - 1;

  it('[S7, G2] tell nothing more of a job that was taken from its owner, and go on for others', async () => {
    const id = await app.job('ann');
    const other = await app.job('ann');
    await settled();
    policy.denied.add(`ann ${id}`);
    await app.access.revoke('ann', id);
    await app.publisher.progress(id, 10, 'secret');
    await app.publisher.edited(id, { title: 'secret' });
    await app.publisher.progress(other, 10, 'open');
    await app.publisher.completed(id, 'secret');
    await app.publisher.flush();
    await Promise.all(anns().map((client) => client.next('job:removed', (event) => event.id === id)));
    app.sendFrames();
    await settled();
    for (const client of anns()) {
      expect(saidOf(client, 'secret')).toBe(0);
      expect(saidOf(client, 'open')).toBeGreaterThan(0);
    }
    expect(saidOf(clients.admin, 'secret')).toBeGreaterThan(0);
  });

  it('[S7] tell of it again when it was given back, and all of it', async () => {
    const id = await app.job('ann');
    await settled();
    policy.denied.add(`ann ${id}`);
    await app.access.revoke('ann', id);
    await Promise.all(anns().map((client) => client.next('job:removed', (event) => event.id === id)));
    await app.publisher.edited(id, { title: 'Found' });
    policy.denied.clear();
    await app.access.revoke('ann', id);
    await Promise.all(anns().map((client) => client.next('job:status', (event) => event.id === id && event.title === 'Found')));
    await app.publisher.completed(id);
    await Promise.all(anns().map((client) => client.next('job:completed', ({ job }) => job.id === id)));
  });

  it('[G2] tell an admin nothing that the policy keeps from admins, from the beginning, nor that it went', async () => {
    const { id } = await app.publisher.created({ userId: 'ben', jobType: 'simulate', title: 'secret', tags: ['hidden'] });
    await app.publisher.progress(id, 10);
    await app.publisher.cancelled(id);
    await app.publisher.removed(id);
    const seen = await app.job('ben');
    await clients.admin.next('job:created', ({ job }) => job.id === seen);
    await settled();
    expect(saidOf(clients.admin, id)).toBe(0);
  });

  it('[G2] tell nothing of a job that was denied when the list was read, though it goes on', async () => {
    const id = await app.job('ann');
    policy.denied.add(`ann ${id}`);
    await app.access.revoke('ann', id);
    const late = await app.connected(tokenOf('ann'), { protocol: 1 });
    const { data } = await late.ask('jobs:subscribe:user');
    expect(JSON.stringify(data)).not.toContain(id);
    await app.publisher.completed(id, 'secret');
    const last = await app.job('ann');
    await late.next('job:created', ({ job }) => job.id === last);
    expect(saidOf(late, id)).toBe(0);
    late.socket.disconnect();
  });

  it('[G2] follow what the policy makes of an edit, without an announcement', async () => {
    const id = await app.job('ann');
    await settled();
    await app.publisher.edited(id, { tags: ['hidden'], title: 'secret' });
    await Promise.all(anns().map((client) => client.next('job:removed', (event) => event.id === id)));
    await app.publisher.edited(id, { tags: [], title: 'Back' });
    await Promise.all(anns().map((client) => client.next('job:status', (event) => event.id === id && event.title === 'Back')));
    expect(anns().map((client) => saidOf(client, 'secret'))).toEqual([0, 0, 0]);
  });
});

describe('the default policy', () => {
  it('is not asked about lists, and what extends it is', () => {
    class Narrower extends OwnerOrAdminPolicy {}
    expect([new OwnerOrAdminPolicy().narrowsLists, new Narrower().narrowsLists, new Denials().narrowsLists]).toEqual([false, true, true]);
  });
});
