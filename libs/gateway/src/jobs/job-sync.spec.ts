import { JobsSyncAnswerSchema, type Job } from '@harmonia/contract';
import { JobAccessPolicy, SqliteJobStore, type JobOperation, type JobSession } from '@harmonia/job-engine';
import * as v from 'valibot';
import { HeldJobStore } from '../held-job-store.suite.js';
import { adminToken, SocketApp, tokenOf, type Client } from '../socket-app.suite.js';

/** Owners and admins, but for jobs that are marked secret. */
class NoSecrets extends JobAccessPolicy {
  override allows({ userId, roles }: JobSession, _: JobOperation, job: Job): boolean {
    return !job.tags.includes('secret') && (job.userId === userId || roles.includes('admin'));
  }
}

describe('jobs:sync', () => {
  let store: HeldJobStore;
  let app: SocketApp;
  let epoch: string;
  let ann: Client;
  let admin: Client;
  let id: string;
  beforeAll(async () => {
    store = new HeldJobStore(SqliteJobStore.open({ directory: ':memory:' }));
    app = await SocketApp.start({ jobs: { store, policy: new NoSecrets() } });
    epoch = (await store.read([])).epoch;
  });
  beforeEach(async () => {
    [ann, admin] = await Promise.all([app.connected(tokenOf('ann'), { protocol: 1 }), app.connected(adminToken('root'), { protocol: 1 })]);
    id = await app.job('ann');
  });
  afterAll(() => app.stop());

  const sync = async (client: Client, declared: object) => {
    const answer = await client.ask('jobs:sync', { epoch, jobs: {}, ...declared });
    expect(answer.ok).toBe(true);
    return v.parse(JobsSyncAnswerSchema, answer.data);
  };
  const ids = (jobs: readonly { id: string }[] | undefined) => jobs?.map((job) => job.id);

  it('[S5] answers whole jobs whose version differs, and only those', async () => {
    const known = await app.job('ann');
    const answer = await sync(ann, { jobs: { [id]: 0, [known]: 1 } });
    expect(answer).toMatchObject({ epoch, jobs: [{ id, version: 1, title: null }], removed: [] });
    expect(answer).not.toHaveProperty('user');
    expect(answer).not.toHaveProperty('all');
  });

  it('[S5] watches what it declares, changed or not', async () => {
    await sync(ann, { jobs: { [id]: 1 } });
    await app.publisher.started(id);
    await ann.settled();
    expect(ann.events).toEqual(['jobs:frame 2']);
  });

  it('[S5] ends every watch that it does not declare, and leaves rooms of the host alone', async () => {
    const sockets = app.gateway.server?.sockets;
    await ann.ask('job:subscribe', { jobId: id });
    await ann.ask('jobs:subscribe:user');
    await sockets?.get(ann.socket.id ?? '')?.join('chat');
    await sync(ann, {});
    await app.publisher.started(id);
    await ann.settled();
    expect(ann.events).toEqual([]);
    expect([...(sockets?.get(ann.socket.id ?? '')?.rooms ?? [])]).toEqual([ann.socket.id, 'chat']);
  });

  it('[S4] says of gone and of forbidden jobs that they are removed, in the version that was declared', async () => {
    const foreign = await app.job('ben');
    await app.publisher.started(foreign);
    const answer = await sync(ann, { jobs: { absent: 3, [foreign]: 3 } });
    expect(answer.removed).toEqual([
      { id: 'absent', version: 3 },
      { id: foreign, version: 3 },
    ]);
    await app.publisher.completed(foreign);
    await ann.settled();
    expect(ann.events).toEqual([]);
  });

  it('[S5] asks permission for every named job, also for one that has not changed', async () => {
    await app.publisher.edited(id, { tags: ['secret'] });
    expect(await sync(ann, { jobs: { [id]: 2 } })).toMatchObject({ jobs: [], removed: [{ id, version: 2 }] });
  });

  it('[S5] hands out a snapshot and then, by its cursor, what changed since', async () => {
    const first = await sync(ann, { user: null });
    expect(first.user).toMatchObject({ reset: true, more: false });
    expect(ids(first.user?.jobs)).toContain(id);
    const cursor = first.user?.cursor;
    expect((await sync(ann, { user: cursor })).user).toMatchObject({ reset: false, jobs: [], removed: [] });
    await app.publisher.completed(id, { words: 1 });
    expect((await sync(ann, { user: cursor })).user).toMatchObject({ reset: false, jobs: [{ id, result: { words: 1 } }], removed: [] });
    await app.publisher.removed(id);
    expect((await sync(ann, { user: cursor })).user).toMatchObject({ reset: false, jobs: [], removed: [{ id, version: 3 }] });
  });

  it('[S5] tells a list of jobs that went to another owner, and no name of theirs', async () => {
    const { user } = await sync(ann, { user: null });
    await app.publisher.edited(id, { userId: 'ben' });
    expect((await sync(ann, { user: user?.cursor })).user?.removed).toEqual([{ id, version: 2 }]);
  });

  it('[S5] lets a job leave the list when the policy no longer permits it', async () => {
    const { user } = await sync(ann, { user: null });
    await app.publisher.edited(id, { tags: ['secret'] });
    expect((await sync(ann, { user: user?.cursor })).user).toMatchObject({ jobs: [], removed: [{ id, version: 2 }] });
  });

  it.each(['nonsense', '', '0:0', 'another-epoch:7'])(
    '[S5] takes the cursor %j for unknown: a snapshot that replaces the list',
    async (cursor) => {
      const { user } = await sync(ann, { user: cursor });
      expect(user).toMatchObject({ reset: true });
      expect(ids(user?.jobs)).toContain(id);
    },
  );

  it('[S5] [R7] of another epoch answers everything anew', async () => {
    const { user } = await sync(ann, { user: null });
    const answer = await sync(ann, { epoch: 'another', jobs: { [id]: 1 }, user: user?.cursor });
    expect(answer).toMatchObject({ epoch, jobs: [{ id }], user: { reset: true } });
    expect(ids(answer.user?.jobs)).toContain(id);
  });

  it('[S5] hands everybody’s jobs to admins', async () => {
    const answer = await sync(admin, { all: null, user: null });
    expect(ids(answer.all?.jobs)).toContain(id);
    expect(answer.user).toMatchObject({ jobs: [] });
    await app.publisher.started(id);
    await admin.settled();
    expect(admin.events).toEqual(['jobs:frame 2']);
  });

  it('[S1] refuses everybody’s jobs to others, with the whole declaration: the rooms stay as they were', async () => {
    await sync(ann, { jobs: { [id]: 1 } });
    const refused = await ann.ask('jobs:sync', { epoch, jobs: {}, user: null, all: null });
    expect(refused).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    await app.job('ann');
    await app.publisher.started(id);
    await ann.settled();
    expect(ann.events).toEqual(['jobs:frame 2']);
  });

  it('[S3] passes on what it missed while it was pending, of permitted jobs only', async () => {
    const foreign = await app.job('ben');
    const reading = store.hold();
    const answer = sync(ann, { jobs: { [id]: 1, [foreign]: 1 }, user: null });
    await reading.taken;
    await app.publisher.started(id);
    await app.publisher.started(foreign);
    const later = await app.job('ann');
    app.sendFrames();
    reading.release();
    const { user } = await answer;
    expect(ids(user?.jobs)).toContain(later);
    await ann.settled();
    // the list was read after all of it, the named jobs before
    expect(ann.events).toEqual([]);
    expect(user?.jobs.find((job) => job.id === id)).toMatchObject({ version: 2 });
  });

  it('[S3] answers nothing older than what the socket already has', async () => {
    await ann.ask('job:subscribe', { jobId: id });
    const reading = store.hold();
    const answer = sync(ann, { jobs: { [id]: 1 } });
    await reading.taken;
    await app.publisher.completed(id);
    reading.release();
    expect(await answer).toMatchObject({ jobs: [{ id, version: 2, status: 'completed' }] });
    await ann.settled();
    expect(ann.events).toEqual(['job:completed 2']);
  });

  it('[S3] is flushed after its answer', async () => {
    const reading = store.hold();
    const answer = sync(ann, { jobs: { [id]: 1 } });
    await reading.taken;
    await app.publisher.completed(id);
    reading.release();
    expect(await answer).toMatchObject({ jobs: [] });
    await ann.settled();
    expect(ann.events).toEqual(['job:completed 2']);
  });

  it('[S3] [S7] decides anew when access is revoked meanwhile', async () => {
    const foreign = await app.job('ben');
    const reading = store.hold();
    const answer = sync(admin, { jobs: { [id]: 0, [foreign]: 0 } });
    await reading.taken;
    await app.publisher.edited(id, { tags: ['secret'] });
    await app.access.revoke('root', id);
    reading.release();
    expect(await answer).toMatchObject({ jobs: [{ id: foreign }], removed: [{ id, version: 0 }] });
  });

  it('[R7] refuses readings of two epochs: they do not belong together', async () => {
    jest.spyOn(store, 'since').mockImplementationOnce(async () => ({
      epoch: 'the next one',
      position: 'p',
      reset: true,
      more: false,
      jobs: [],
      removed: [],
    }));
    expect(await ann.ask('jobs:sync', { epoch, jobs: {}, user: null })).toMatchObject({ ok: false, error: { code: 'unavailable' } });
  });

  it('[S5] pages long lists, at most 500 at once', async () => {
    const many = await app.connected(tokenOf('many'), { protocol: 1 });
    await Promise.all(Array.from({ length: 501 }, () => app.job('many')));
    const first = await sync(many, { user: null });
    expect(first.user).toMatchObject({ reset: true, more: true });
    const second = await sync(many, { user: first.user?.cursor });
    expect(second.user).toMatchObject({ reset: false, more: false });
    expect([first.user?.jobs.length, second.user?.jobs.length]).toEqual([500, 1]);
  });
});
