import { adminToken, SocketApp, tokenOf, type Client } from '../socket-app.suite.js';

describe('watching jobs', () => {
  let app: SocketApp;
  let ann: Client;
  let admin: Client;
  beforeAll(async () => {
    app = await SocketApp.start();
    ann = await app.connected(tokenOf('ann'), { protocol: 1 });
    admin = await app.connected(adminToken('root'), { protocol: 1 });
  });
  afterEach(async () => {
    await Promise.all([ann, admin].map((client) => client.ask('jobs:sync', { epoch: null, jobs: {} })));
    [ann, admin].forEach((client) => client.clear());
  });
  afterAll(() => app.stop());

  it('[S2] answers a subscription with the whole job and the epoch', async () => {
    const id = await app.job('ann');
    const { epoch } = await app.store.read([]);
    const job = { id, userId: 'ann', jobType: 'simulate', status: 'queued', version: 1, title: null, tags: [], input: null, result: null };
    expect(await ann.ask('job:subscribe', { jobId: id })).toMatchObject({ ok: true, data: { epoch, job } });
  });

  it('[S2] answers a list with the active jobs and the newest finished ones, each user their own', async () => {
    const dan = await app.connected(tokenOf('dan'));
    const [active, done] = [await app.job('dan'), await app.job('dan')];
    await app.publisher.completed(done);
    const { ok, data } = await dan.ask('jobs:subscribe:user');
    expect(ok).toBe(true);
    expect(data.jobs.map((job: { id: string }) => job.id)).toEqual([active, done]);
    expect(data).toMatchObject({ epoch: expect.any(String), more: false });
  });

  it('[S1] gives everybody’s jobs to admins only', async () => {
    const id = await app.job('ben');
    const forAdmin = await admin.ask('jobs:subscribe:all');
    expect(forAdmin.data.jobs.map((job: { id: string }) => job.id)).toContain(id);
    for (const verb of ['jobs:subscribe:all', 'jobs:unsubscribe:all']) {
      expect(await ann.ask(verb)).toMatchObject({ ok: false, error: { code: 'forbidden' } });
    }
    await app.publisher.started(id);
    await Promise.all([ann.settled(), admin.settled()]);
    expect(ann.events).toEqual([]);
    expect(admin.events).toEqual(['jobs:frame 2']);
  });

  it('[E1] tells each user’s list of what is created, changed and removed', async () => {
    await ann.ask('jobs:subscribe:user');
    const id = await app.job('ann');
    await app.job('ben');
    await app.publisher.failed(id, { code: 'no-text', message: 'There is no text.' });
    await app.publisher.retried(id);
    await app.publisher.cancelled(id);
    await app.publisher.removed(id);
    await ann.settled();
    expect(ann.events).toEqual(['job:created 1', 'job:failed 2', 'job:status 3', 'job:status 4', 'job:removed 5']);
  });

  it('[E2] tells a socket once, in however many rooms of the job it is', async () => {
    const id = await app.job('root');
    await admin.ask('job:subscribe', { jobId: id });
    await admin.ask('jobs:subscribe:user');
    await admin.ask('jobs:subscribe:all');
    await app.publisher.completed(id);
    await admin.settled();
    expect(admin.events).toEqual(['job:completed 2']);
  });

  it.each([
    ['job:subscribe', 'job:unsubscribe'],
    ['jobs:subscribe:user', 'jobs:unsubscribe:user'],
    ['jobs:subscribe:all', 'jobs:unsubscribe:all'],
  ])('[S1] ends what %s began with %s', async (subscribe, unsubscribe) => {
    const jobId = await app.job('root');
    const { epoch } = await app.store.read([]);
    expect(await admin.ask(subscribe, { jobId })).toMatchObject({ ok: true });
    expect(await admin.ask(unsubscribe, { jobId })).toEqual({ ok: true, data: { epoch } });
    await app.publisher.started(jobId);
    await admin.settled();
    expect(admin.events).toEqual([]);
  });

  it('[R13] empties the room of a removed job: whoever gets its id later is another job', async () => {
    const id = await app.job('ann', 'twice');
    await ann.ask('job:subscribe', { jobId: id });
    await app.publisher.cancelled(id);
    await app.publisher.removed(id);
    await app.job('ann', 'twice');
    await ann.settled();
    expect(ann.events).toEqual(['job:status 2', 'job:removed 3']);
  });

  it('[R8] keeps user ids apart that look alike in a room name', async () => {
    const odd = 'x:jobs/ü %3A';
    const client = await app.connected(tokenOf(odd));
    await client.ask('jobs:subscribe:user');
    await app.job('x');
    await app.job(encodeURIComponent(odd));
    await app.job(odd, 'of-odd');
    await client.settled();
    expect(client.received.filter(({ name }) => name === 'job:created').map(({ payload }) => payload.job.id)).toEqual(['of-odd']);
  });

  it('forgets a socket that is gone', async () => {
    const id = await app.job('ann');
    const leaver = await app.connected(tokenOf('ann'));
    await leaver.ask('job:subscribe', { jobId: id });
    const rooms = app.gateway.server?.adapter.rooms;
    expect(rooms?.has(`job:${id}`)).toBe(true);
    const left = new Promise((resolve) => app.gateway.server?.adapter.once('delete-room', resolve));
    leaver.socket.disconnect();
    await left;
    expect(rooms?.has(`job:${id}`)).toBe(false);
  });
});

describe('a plain client', () => {
  let app: SocketApp;
  let plain: Client;
  beforeAll(async () => {
    app = await SocketApp.start();
  });
  beforeEach(async () => {
    plain = await app.connected(tokenOf('ann'));
  });
  afterAll(() => app.stop());

  it.each([
    ['queued', async () => undefined, ['job:status 1']],
    ['processing', (id: string) => app.publisher.started(id), ['job:status 2']],
    ['progressing', (id: string) => app.publisher.progress(id, 50), ['job:status 2', 'job:progress 2']],
    ['completed', (id: string) => app.publisher.completed(id), ['job:completed 2']],
    ['failed', (id: string) => app.publisher.failed(id, 'No.'), ['job:failed 2']],
    ['cancelled', (id: string) => app.publisher.cancelled(id), ['job:status 2']],
  ])('[E3] gets the state of a %s job as events after subscribing, with and without acknowledgement', async (_, reach, events) => {
    const id = await app.job('ann');
    await reach(id);
    expect(await plain.ask('job:subscribe', { jobId: id })).toMatchObject({ ok: true, data: { job: { id } } });
    await plain.settled();
    expect(plain.events).toEqual(events);
    plain.clear();
    plain.say('job:subscribe', { jobId: id });
    await plain.settled();
    expect(plain.events).toEqual(events);
  });

  it('[E3] gets of a list the active jobs only', async () => {
    const eve = await app.connected(adminToken('eve'));
    const [active, ended] = [await app.job('eve'), await app.job('eve')];
    await app.publisher.completed(ended);
    for (const verb of ['jobs:subscribe:user', 'jobs:subscribe:all']) {
      eve.clear();
      eve.say(verb);
      await eve.next('job:status', ({ id }) => id === active);
      await eve.settled();
      expect(eve.received.filter(({ name }) => name === 'job:completed')).toEqual([]);
    }
  });

  it('[E3] is not one that speaks protocol 1: it gets its answer only', async () => {
    const client = await app.connected(tokenOf('ann'), { protocol: 1 });
    const id = await app.job('ann');
    await client.ask('job:subscribe', { jobId: id });
    await client.ask('jobs:subscribe:user');
    await client.settled();
    expect(client.events).toEqual([]);
  });
});

describe('a stranger', () => {
  let app: SocketApp;
  let eve: Client;
  let hidden: string;
  beforeAll(async () => {
    app = await SocketApp.start();
    eve = await app.connected(tokenOf('eve'));
    hidden = await app.job('ann', 'hidden');
  });
  afterAll(() => app.stop());

  const ask = {
    'job:subscribe': (jobId: string) => eve.ask('job:subscribe', { jobId }),
    'job:unsubscribe': (jobId: string) => eve.ask('job:unsubscribe', { jobId }),
    'jobs:sync': (jobId: string) => eve.ask('jobs:sync', { epoch: null, jobs: { [jobId]: 7 }, user: null }),
    'job:subscribe without acknowledgement': async (jobId: string) => {
      eve.clear();
      eve.say('job:subscribe', { jobId });
      return eve.next('exception');
    },
  };

  it.each(Object.entries(ask))('[S4] gets of %s what a missing job gets', async (_, verb) => {
    const ofMissing = await verb('absent');
    const ofHidden = await verb(hidden);
    expect(JSON.parse(JSON.stringify(ofHidden).replaceAll('hidden', 'absent'))).toEqual(ofMissing);
  });

  it('[S4] is told that there is no such job', async () => {
    expect(await ask['job:subscribe'](hidden)).toMatchObject({ ok: false, error: { code: 'job-not-found' } });
    expect(await ask['job:subscribe without acknowledgement'](hidden)).toEqual({
      code: 'job-not-found',
      message: expect.any(String),
      verb: 'job:subscribe',
      jobId: hidden,
    });
  });

  it('[S4] hears nothing of the job', async () => {
    for (const verb of Object.values(ask)) await verb(hidden);
    await app.publisher.completed(hidden);
    await eve.settled();
    expect(eve.events).toEqual([]);
  });
});
