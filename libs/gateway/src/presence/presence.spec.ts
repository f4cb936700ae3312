import type { JobViewers, OnlineUser } from '@harmonia/contract';
import { JobAccessPolicy, type JobSession } from '@harmonia/job-engine';
import { KeptJobs } from '../jobs/kept-jobs.js';
import { Watchers } from '../jobs/watchers.js';
import { adminToken, SocketApp, tokenOf, type Client } from '../socket-app.suite.js';
import { PresencePolicy } from './presence-policy.js';
import { Presence } from './presence.js';

const GRACE = 150;
const options = { presence: { graceMs: GRACE, beatMs: 100 } };
const idsOf = (viewers: readonly OnlineUser[]) => viewers.map(({ userId }) => userId).sort();
const shows =
  (...ids: string[]) =>
  (said: JobViewers) =>
    idsOf(said.viewers).join() === ids.join();
const viewersTold = (client: Client): JobViewers[] =>
  client.received.filter(({ name }) => name === 'job:viewers').map(({ payload }) => payload);

/** Who may read which job is decided by the spec. */
class Readers extends JobAccessPolicy {
  readonly may = new Set(['ann job-1', 'ben job-1', 'cy job-1', 'ann job-2']);
  override allows({ userId }: JobSession, _: string, { id }: { readonly id: string }) {
    return this.may.has(`${userId} ${id}`);
  }
}

describe('presence', () => {
  let app: SocketApp;
  let readers: Readers;
  beforeEach(async () => {
    readers = new Readers();
    app = await SocketApp.start({ gateway: options, jobs: { policy: readers } });
    await app.job('ann', 'job-1');
    await app.job('ann', 'job-2');
  });
  afterEach(() => app.stop());
  const presence = () => app.app.get(Presence);
  const watching = async (userId: string, auth = {}, jobId = 'job-1') => {
    const client = await app.connected(tokenOf(userId, { name: userId.toUpperCase() }), auth);
    expect(await client.ask('job:subscribe', { jobId })).toMatchObject({ ok: true });
    return client;
  };
  const taking = async (userId: string, auth = {}, jobId = 'job-1') => {
    const client = await watching(userId, auth, jobId);
    expect(await client.ask('presence:watch', { jobId })).toMatchObject({ ok: true, data: { jobId } });
    return client;
  };

  describe('on a job', () => {
    it.each([{}, { protocol: 1 }])('[P2] shows those who watch it to each other: %j', async (auth) => {
      const ann = await taking('ann', auth);
      const ben = await watching('ben', auth);
      const { data } = await ben.ask('presence:watch', { jobId: 'job-1' });
      expect(data).toMatchObject({ epoch: expect.any(String), jobId: 'job-1', count: 2 });
      expect(data.viewers).toMatchObject([
        { userId: 'ann', name: 'ANN', since: expect.stringMatching(/Z$/) },
        { userId: 'ben', name: 'BEN' },
      ]);
      await ann.next('job:viewers', shows('ann', 'ben'));
      expect(presence().viewersOf('job-1')).toEqual(data.viewers);
    });

    it('[P2] shows nobody who has not asked, and tells them nothing', async () => {
      const ben = await watching('ben');
      const ann = await taking('ann');
      await ann.next('job:viewers', shows('ann'));
      await ben.settled();
      expect(idsOf(presence().viewersOf('job-1'))).toEqual(['ann']);
      expect(viewersTold(ben)).toEqual([]);
    });

    it('[P1] takes several tabs for one viewer, who goes with the last of them', async () => {
      const ben = await taking('ben');
      const tabs = [await taking('ann'), await taking('ann')];
      await ben.next('job:viewers', shows('ann', 'ben'));
      await tabs[0]?.ask('presence:unwatch', { jobId: 'job-1' });
      expect(idsOf(presence().viewersOf('job-1'))).toEqual(['ann', 'ben']);
      await tabs[1]?.ask('presence:unwatch', { jobId: 'job-1' });
      await ben.next('job:viewers', shows('ben'));
    });

    it('[P1] does not notice a page that is loaded anew', async () => {
      const ben = await taking('ben');
      const [ann, cy] = [await taking('ann'), await taking('cy')];
      await ben.next('job:viewers', shows('ann', 'ben', 'cy'));
      ben.clear();
      ann.socket.disconnect();
      cy.socket.disconnect();
      await taking('ann');
      // cy went after ann, and does not come back
      await ben.next('job:viewers', shows('ann', 'ben'));
      expect(viewersTold(ben).map(({ viewers }) => idsOf(viewers).join())).not.toContain('ben');
      expect(viewersTold(ben).every(({ viewers }) => idsOf(viewers).includes('ann'))).toBe(true);
    });

    it('[P2, S7] ends at once for who loses the job, and begins again with it', async () => {
      const [ann, ben] = [await taking('ann'), await taking('ben')];
      await ann.next('job:viewers', shows('ann', 'ben'));
      await ben.next('job:viewers', shows('ann', 'ben'));
      readers.may.delete('ben job-1');
      await app.access.revoke('ben', 'job-1');
      await ben.next('job:removed');
      expect(idsOf(presence().viewersOf('job-1'))).toEqual(['ann']);
      await ann.next('job:viewers', shows('ann'));
      ben.clear();
      const cy = await taking('cy');
      await ann.next('job:viewers', shows('ann', 'cy'));
      await cy.settled();
      await ben.settled();
      expect(viewersTold(ben)).toEqual([]);
      readers.may.add('ben job-1');
      await ben.ask('job:subscribe', { jobId: 'job-1' });
      await ben.ask('presence:watch', { jobId: 'job-1' });
      await ann.next('job:viewers', shows('ann', 'ben', 'cy'));
    });

    it('[P2, S7] goes on when a revocation turns out to be none', async () => {
      const [ann, ben] = [await taking('ann'), await taking('ben')];
      await ann.next('job:viewers', shows('ann', 'ben'));
      ann.clear();
      ben.clear();
      await app.access.revoke('ben', 'job-1');
      await ben.next('job:viewers', shows('ann', 'ben'));
      expect(idsOf(presence().viewersOf('job-1'))).toEqual(['ann', 'ben']);
    });

    it.each(['job:unsubscribe', 'jobs:sync'])('[P2] ends with the watch: %s', async (verb) => {
      const [ann, ben] = [await taking('ann'), await taking('ben')];
      await ann.next('job:viewers', shows('ann', 'ben'));
      await ben.ask(verb, verb === 'jobs:sync' ? { epoch: null, jobs: { 'job-2': 0 } } : { jobId: 'job-1' });
      await ann.next('job:viewers', shows('ann'));
      ann.clear();
      await ben.ask('job:subscribe', { jobId: 'job-1' });
      await taking('cy');
      await ann.next('job:viewers', shows('ann', 'cy'));
      expect(viewersTold(ben).every(({ viewers }) => !shows('ann', 'cy')({ jobId: '', viewers, count: 0 }))).toBe(true);
    });

    it('[P2, S4] answers alike for a job that is missing, another\u2019s, or not watched', async () => {
      const client = await watching('ben');
      const answers = [];
      for (const jobId of ['job-2', 'nothing']) answers.push(await client.ask('presence:watch', { jobId }));
      const ann = await watching('ann');
      answers.push(await ann.ask('presence:watch', { jobId: 'job-2' }));
      expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
      expect(answers[0]).toMatchObject({
        ok: false,
        error: { code: 'job-not-found', message: expect.stringContaining('watch the job first') },
      });
      expect(presence().viewersOf('job-2')).toEqual([]);
    });

    it('[P2] refuses what is no job id, and more than 200 jobs a socket', async () => {
      const client = await watching('ann');
      expect(await client.ask('presence:watch', { jobId: '../x' })).toMatchObject({ error: { code: 'payload-invalid' } });
      expect(await client.ask('presence:watch')).toMatchObject({ error: { code: 'payload-invalid' } });
      for (let index = 0; index <= 200; index++) {
        const jobId = `many-${index}`;
        readers.may.add(`ann ${jobId}`);
        await app.job('ann', jobId);
        await client.ask('job:subscribe', { jobId });
        const answer = await client.ask('presence:watch', { jobId });
        expect(answer.ok).toBe(index < 200);
        if (index === 200) expect(answer.error).toMatchObject({ code: 'payload-invalid', message: expect.stringContaining('at most 200') });
      }
    });

    it('[P3] tells of 200 who come at once in one message, by the names of 50', async () => {
      const ann = await taking('ann');
      await ann.next('job:viewers');
      const guests = Array.from({ length: 200 }, (_, index) => `guest-${index}`);
      guests.forEach((guest) => readers.may.add(`${guest} job-1`));
      const clients = await Promise.all(guests.map((guest) => watching(guest)));
      ann.clear();
      await Promise.all(clients.map((client) => client.ask('presence:watch', { jobId: 'job-1' })));
      const { viewers } = await ann.next('job:viewers', ({ count }) => count === 201);
      expect(viewers).toHaveLength(50);
      expect(viewers[0]).toMatchObject({ userId: 'ann' });
      expect(viewersTold(ann).length).toBeLessThan(10);
    });
  });

  describe('for a socket that is slow', () => {
    const keep = (client: Client, kept: KeptJobs | null) => {
      const watchers = app.app.get(Watchers);
      const watcher = watchers.all.find(({ id }) => id === client.socket.id);
      if (watcher) watchers.keep(watcher, kept);
    };

    it('[P3, L2] waits until it has drained, and then tells the newest alone', async () => {
      const [ann, ben] = [await taking('ann'), await taking('ben')];
      await ann.next('job:viewers', shows('ann', 'ben'));
      keep(ann, new KeptJobs());
      ann.clear();
      const cy = await taking('cy');
      await ben.next('job:viewers', shows('ann', 'ben', 'cy'));
      ben.clear();
      await cy.ask('presence:unwatch', { jobId: 'job-1' });
      await ben.next('job:viewers', shows('ann', 'ben'));
      await ann.settled();
      expect(viewersTold(ann)).toEqual([]);
      keep(ann, null);
      await ann.next('job:viewers', shows('ann', 'ben'));
      expect(viewersTold(ann)).toHaveLength(1);
    });

    it('[P3, L2] keeps who came and went, by their ids, until it has drained', async () => {
      const root = await app.connected(adminToken('root'));
      await root.ask('presence:watch:all');
      keep(root, new KeptJobs());
      const other = await app.connected(adminToken('other'));
      await other.ask('presence:watch:all');
      const ben = await app.connected(tokenOf('ben'));
      await app.connected(tokenOf('ann'));
      ben.socket.disconnect();
      await other.next('user:offline', ({ userId }) => userId === 'ben');
      await root.settled();
      expect(root.received.map(({ name }) => name)).toEqual(['connect', 'authenticated']);
      keep(root, null);
      await root.next('user:offline', ({ userId }) => userId === 'ben');
      expect(root.received.filter(({ payload }) => payload?.userId === 'ben').map(({ name }) => name)).toEqual(['user:offline']);
      await root.next('user:online', ({ userId }) => userId === 'ann');
    });
  });

  describe('of everybody', () => {
    const admin = async (auth = {}) => {
      const client = await app.connected(adminToken('root'), auth);
      return { client, answer: await client.ask('presence:watch:all') };
    };

    it('[P3] is for admins alone', async () => {
      const ann = await app.connected(tokenOf('ann'));
      expect(await ann.ask('presence:watch:all')).toMatchObject({ ok: false, error: { code: 'forbidden' } });
      await app.connected(tokenOf('ben'));
      await ann.settled();
      expect(ann.received.map(({ name }) => name)).toEqual(['connect', 'authenticated']);
    });

    it('[P3] tells plain clients of each', async () => {
      const { client, answer } = await admin();
      expect(answer).toMatchObject({ ok: true, data: { users: [{ userId: 'root' }], count: 1 } });
      const ann = await app.connected(tokenOf('ann'));
      expect(await client.next('user:online')).toEqual({ userId: 'ann', at: expect.stringMatching(/Z$/) });
      ann.socket.disconnect();
      expect(await client.next('user:offline')).toEqual({ userId: 'ann', at: expect.stringMatching(/Z$/) });
      expect(presence().getOnlineUsers()).toMatchObject([{ userId: 'root' }]);
    });

    it('[P3] tells protocol clients of 200 at once in one frame', async () => {
      const { client } = await admin({ protocol: 1 });
      const clients = await Promise.all(Array.from({ length: 200 }, (_, index) => app.connected(tokenOf(`user-${index}`, { name: 'U' }))));
      await client.next('presence:frame', ({ count }) => count === 201);
      client.clear();
      clients.forEach(({ socket }) => socket.disconnect());
      await client.next('presence:frame', ({ count }) => count === 1);
      const frames = client.received.filter(({ name }) => name === 'presence:frame').map(({ payload }) => payload);
      expect(new Set(frames.flatMap(({ offline }) => offline)).size).toBe(200);
      expect(frames.length).toBeLessThan(10);
      expect(client.received.map(({ name }) => name)).not.toContain('user:offline');
    });

    it('[P1, P3] takes several connections for one user, and one that comes back for one that never went', async () => {
      const { client } = await admin();
      const [first, second] = [await app.connected(tokenOf('ann')), await app.connected(tokenOf('ann'))];
      await client.next('user:online', ({ userId }) => userId === 'ann');
      expect(presence().connectedUsers()).toMatchObject({ count: 2, connections: 3, nodes: 1 });
      const ben = await app.connected(tokenOf('ben'));
      first.socket.disconnect();
      second.socket.disconnect();
      ben.socket.disconnect();
      await app.connected(tokenOf('ann'));
      await client.next('user:offline', ({ userId }) => userId === 'ben');
      expect(presence().isUserOnline('ann')).toBe(true);
      expect(presence().isUserOnline('ben')).toBe(false);
      expect(presence().getOnlineUsersCount()).toBe(2);
      const events = client.received.filter(({ payload }) => payload?.userId === 'ann').map(({ name }) => name);
      expect(events).toEqual(['user:online']);
    });

    it('[P3] ends when it is not wanted any more', async () => {
      const { client } = await admin();
      expect(await client.ask('presence:unwatch:all')).toMatchObject({ ok: true, data: { epoch: expect.any(String) } });
      const other = await admin();
      await app.connected(tokenOf('ann'));
      await other.client.next('user:online', ({ userId }) => userId === 'ann');
      await client.settled();
      expect(client.received.map(({ name }) => name)).toEqual(['connect', 'authenticated']);
    });
  });

  describe('under a policy of the host', () => {
    class Shy extends PresencePolicy {
      override viewers({ userId }: JobSession, _: string, viewers: readonly OnlineUser[]) {
        if (userId === 'cy') throw new Error('Nobody knows.');
        if (userId === 'dee') return [...viewers, { userId: 'invented', since: new Date().toISOString() }];
        return viewers.filter((viewer) => viewer.userId === userId || viewer.userId.startsWith('a'));
      }
      override seesEverybody({ userId }: JobSession): boolean {
        if (userId === 'cy') throw new Error('Nobody knows.');
        return userId === 'ben';
      }
    }
    let shy: SocketApp;
    beforeEach(async () => {
      shy = await SocketApp.start({ gateway: { presence: { ...options.presence, policy: new Shy() } }, jobs: { policy: readers } });
      await shy.job('ann', 'job-1');
    });
    afterEach(() => shy.stop());
    const takingShyly = async (userId: string) => {
      const client = await shy.connected(tokenOf(userId));
      await client.ask('job:subscribe', { jobId: 'job-1' });
      return { client, answer: await client.ask('presence:watch', { jobId: 'job-1' }) };
    };

    it('[P3] shows what it says, and nothing of the others, not even that something changed', async () => {
      const ann = await takingShyly('ann');
      const ben = await takingShyly('ben');
      expect(ben.answer.data).toMatchObject({ count: 2, viewers: [{ userId: 'ann' }, { userId: 'ben' }] });
      const cy = await takingShyly('cy');
      expect(cy.answer.data).toMatchObject({ count: 0, viewers: [] });
      readers.may.add('dee job-1');
      expect((await takingShyly('dee')).answer.data).toMatchObject({ count: 0, viewers: [] });
      // who comes last is seen by all, so everything before has been told
      readers.may.add('abe job-1');
      await takingShyly('abe');
      await ben.client.next('job:viewers', shows('abe', 'ann', 'ben'));
      await ann.client.next('job:viewers', shows('abe', 'ann'));
      await cy.client.settled();
      expect(viewersTold(cy.client)).toEqual([]);
      expect(viewersTold(ann.client).map(({ viewers }) => idsOf(viewers))).toEqual([['abe', 'ann']]);
      expect(viewersTold(ben.client).map(({ viewers }) => idsOf(viewers))).toEqual([['abe', 'ann', 'ben']]);
    });

    it('[P3] opens the list to whom it says, and to nobody when it fails', async () => {
      const answers = await Promise.all(
        ['ben', 'ann', 'cy'].map(async (id) => (await shy.connected(tokenOf(id))).ask('presence:watch:all')),
      );
      expect(answers.map(({ ok, error }) => (ok ? 'yes' : error.code))).toEqual(['yes', 'forbidden', 'forbidden']);
    });
  });
});
