import type { Job } from '@harmonia/contract';
import { JobAccessPolicy, SqliteJobStore, type JobOperation, type JobSession } from '@harmonia/job-engine';
import { JwtService } from '@nestjs/jwt';
import { HeldJobStore } from '../held-job-store.suite.js';
import { adminToken, SECRET, SocketApp, tokenOf, type Client } from '../socket-app.suite.js';

const seconds = (): number => Math.floor(Date.now() / 1000);
const signed = (claims: object, options: object = {}) => new JwtService({ secret: SECRET }).sign(claims, options);

/** Everybody reads what they have a scope for, besides their own. */
class ScopePolicy extends JobAccessPolicy {
  override allows({ userId, roles, scopes }: JobSession, _: JobOperation, job: Job): boolean {
    return job.userId === userId || roles.includes('admin') || scopes.includes(`read:${job.id}`);
  }
}

describe('[S6] auth:refresh', () => {
  let store: HeldJobStore;
  let app: SocketApp;
  beforeEach(async () => {
    store = new HeldJobStore(SqliteJobStore.open({ directory: ':memory:' }));
    app = await SocketApp.start({ jobs: { store, policy: new ScopePolicy() } });
  });
  afterEach(() => app.stop());

  const refresh = (client: Client, token: string) => client.ask('auth:refresh', { token });
  const names = ({ received }: Client) => received.map(({ name }) => name);

  it('is answered as authenticated tells, and outlives the token that the socket came with, also when it is asked anew', async () => {
    const end = seconds() + 2;
    const ann = await app.connected(signed({ sub: 'ann', exp: end }), { protocol: 1 });
    const exp = end + 3600;
    expect(await refresh(ann, signed({ sub: 'ann', name: 'Ann', exp }))).toEqual({
      ok: true,
      data: { user: { id: 'ann', name: 'Ann', roles: [] }, epoch: expect.any(String), expiresAt: new Date(exp * 1000).toISOString() },
    });
    const ben = await app.connected(signed({ sub: 'ben', exp: end }));
    await ben.next('session:closing');
    store.tell({ epoch: app.gateway['feed'].epoch, position: '', events: [], missed: true } as never);
    await ann.next('session:lagged');
    expect(names(ann)).not.toContain('session:closing');
  });

  it.each([
    ['plain', {}],
    ['protocol', { protocol: 1 }],
  ])('costs a %s client no watch and no event, whatever happens at that moment', async (_, auth) => {
    const ids = await Promise.all([app.job('ann'), app.job('ann'), app.job('ann')]);
    const ann = await app.connected(tokenOf('ann'), auth);
    await ann.ask('job:subscribe', { jobId: ids[0] });
    await ann.ask('jobs:subscribe:user');
    ann.clear();
    const work = Promise.all(ids.map(async (id) => void (await app.publisher.completed(id, { done: id }))));
    const renewals = await Promise.all(Array.from({ length: 10 }, (__, index) => refresh(ann, tokenOf('ann', { jti: String(index) }))));
    await work;
    await app.publisher.created({ userId: 'ann', jobType: 'simulate', id: 'later' });
    await ann.next('job:created');
    expect(renewals.every(({ ok }) => ok)).toBe(true);
    const ends = ann.received.filter(({ name }) => name === 'job:completed').map(({ payload }) => payload.job.id);
    expect(ends.toSorted()).toEqual(ids.toSorted());
    expect(names(ann)).not.toContain('session:lagged');
  });

  it.each([
    ['another user’s', tokenOf('ben'), 'token-invalid'],
    ['another secret’s', new JwtService({ secret: `${SECRET}!` }).sign({ sub: 'ann' }, { expiresIn: '1h' }), 'token-invalid'],
    ['one that has ended', signed({ sub: 'ann' }, { expiresIn: '-1s' }), 'token-expired'],
    ['an empty one', '', 'token-missing'],
    ['none', undefined, 'payload-invalid'],
  ])('with %s token is refused, and the session stays as it was', async (_, token, code) => {
    const jobId = await app.job('ann');
    const ann = await app.connected(tokenOf('ann'));
    await ann.ask('job:subscribe', { jobId });
    const answer = await ann.ask('auth:refresh', { token });
    expect(answer).toMatchObject({ ok: false, error: { code } });
    if (token) expect(JSON.stringify(answer)).not.toContain(token);
    await app.publisher.completed(jobId, {});
    expect(await ann.next('job:completed')).toMatchObject({ job: { id: jobId } });
  });

  it('with more rights admits at once to what they are for', async () => {
    await app.job('ben', 'bens');
    const ann = await app.connected(tokenOf('ann'));
    expect(await ann.ask('jobs:subscribe:all')).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    expect(await refresh(ann, adminToken('ann'))).toMatchObject({ ok: true, data: { user: { roles: ['admin'] } } });
    expect(await ann.ask('jobs:subscribe:all')).toMatchObject({ ok: true, data: { jobs: [{ id: 'bens' }] } });
  });

  it('with fewer rights ends what they were for, and nothing else: a plain client', async () => {
    await Promise.all([app.job('ben', 'bens'), app.job('ben', 'shown'), app.job('ann', 'anns')]);
    const ann = await app.connected(adminToken('ann'));
    for (const jobId of ['bens', 'shown', 'anns']) await ann.ask('job:subscribe', { jobId });
    for (const verb of ['jobs:subscribe:user', 'jobs:subscribe:all', 'presence:watch:all']) await ann.ask(verb);
    ann.clear();
    await refresh(ann, tokenOf('ann', { scope: 'read:shown' }));
    expect(await ann.next('exception')).toMatchObject({ code: 'forbidden', verb: 'jobs:subscribe:all' });
    expect(await ann.next('job:removed')).toMatchObject({ id: 'bens' });
    await app.job('ben', 'new');
    const root = await app.connected(adminToken('root'));
    await root.ask('presence:watch:all');
    await app.connected(tokenOf('carl'));
    await root.next('user:online', ({ userId }) => userId === 'carl');
    for (const id of ['bens', 'shown', 'anns']) await app.publisher.completed(id, {});
    await ann.next('job:completed', ({ job }) => job.id === 'anns');
    await ann.settled();
    expect(names(ann)).not.toContain('user:online');
    expect(ann.told.filter(({ name }) => name !== 'job:removed').map(({ id }) => id)).toEqual(['shown', 'anns']);
  });

  it('with fewer rights ends what they were for, and nothing else: a protocol client', async () => {
    await Promise.all([app.job('ben', 'bens'), app.job('ben', 'shown'), app.job('ann', 'anns')]);
    const ann = await app.connected(adminToken('ann'), { protocol: 1 });
    const jobs = { bens: 1, shown: 1, anns: 1 };
    await ann.ask('jobs:sync', { epoch: null, jobs, user: null, all: null });
    ann.clear();
    await refresh(ann, tokenOf('ann', { scope: 'read:shown' }));
    await ann.next('session:lagged');
    await app.job('ben', 'new');
    for (const id of ['bens', 'shown', 'anns']) await app.publisher.completed(id, {});
    await ann.next('job:completed', ({ job }) => job.id === 'anns');
    await ann.settled();
    expect(ann.told.map(({ id }) => id)).toEqual(['shown', 'anns']);
    const answer = await ann.ask('jobs:sync', { epoch: null, jobs, user: null });
    expect(answer.data.removed).toEqual([{ id: 'bens', version: 1 }]);
  });

  it('tells nothing that it ends to anybody, while the store is asked', async () => {
    await app.job('ben', 'bens');
    const ann = await app.connected(adminToken('ann'));
    await ann.ask('job:subscribe', { jobId: 'bens' });
    ann.clear();
    const hold = store.hold();
    await refresh(ann, tokenOf('ann'));
    await hold.taken;
    await app.publisher.completed('bens', {});
    hold.release();
    await ann.next('job:removed');
    await ann.settled();
    expect(ann.told.map(({ name }) => name)).toEqual(['job:removed']);
  });
});
