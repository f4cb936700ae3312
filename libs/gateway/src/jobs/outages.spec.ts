import { RedisJobStore, type RedisJobStoreOptions } from '@harmonia/job-engine';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import assert from 'node:assert/strict';
import { SocketApp, tokenOf, type Client, type Loose } from '../socket-app.suite.js';

const JOB = 'job-1';
/** By then everything is as it was before, ms. */
const PATIENCE = 10_000;

jest.setTimeout(3 * PATIENCE);

describeWithRedis('[G13] a gateway whose Redis', () => {
  let server: RedisServer;
  let app: SocketApp;
  const unhandled: unknown[] = [];
  const note = (reason: unknown) => void unhandled.push(reason);
  beforeAll(() => void process.on('unhandledRejection', note));
  afterAll(() => void process.off('unhandledRejection', note));
  beforeEach(async () => {
    server = await RedisServer.reserve();
  });
  afterEach(async () => {
    await app.stop();
    await server.remove();
    expect(unhandled).toEqual([]);
  });

  const open = async (options: Partial<RedisJobStoreOptions> = {}) => {
    const store = RedisJobStore.open({ url: server.url, timeoutMs: 1000, patienceMs: 300, onTrouble: () => undefined, ...options });
    app = await SocketApp.start({ jobs: { store } });
  };

  /** When this works, however often it was refused before. */
  const eventually = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
    for (const until = Date.now() + PATIENCE; ; await new Promise((resolve) => setImmediate(resolve))) {
      try {
        return await work();
      } catch (error) {
        if (Date.now() > until) throw error;
      }
    }
  };
  const create = () => eventually(() => app.job('ann', JOB));
  const unavailable = { ok: false, error: { code: 'unavailable', message: expect.any(String) } };

  /** Every request has an answer [G9]: what needs the store is refused, what does not is done. */
  const asked = async (client: Client) => [
    await client.ask('job:subscribe', { jobId: JOB }),
    await client.ask('jobs:subscribe:user'),
    await client.ask('jobs:sync', { epoch: null, jobs: { [JOB]: 0 }, user: null }),
    await client.ask('job:unsubscribe', { jobId: 'another' }),
  ];
  const refused = [unavailable, unavailable, unavailable, { ok: true, data: { epoch: expect.any(String) } }];
  const isAnswered = async (client: Client) => (await client.ask('jobs:sync', { epoch: null, jobs: {} })).ok === true || Promise.reject();

  /** A protocol client and a plain one that watch the job and the list. */
  const watching = async (): Promise<Client[]> => {
    const clients = [await app.connected(tokenOf('ann'), { protocol: 1 }), await app.connected(tokenOf('ann'))];
    for (const client of clients) {
      await client.ask('job:subscribe', { jobId: JOB });
      await client.ask('jobs:subscribe:user');
      // as our own client does [L2]
      client.socket.on('session:lagged', () => void resync(client));
      await client.settled();
      client.clear();
    }
    return clients;
  };

  const resync = async (client: Client): Promise<void> => {
    const { ok, data } = await client.ask('jobs:sync', { epoch: null, jobs: { [JOB]: 0 }, user: null });
    if (!ok) return client.socket.connected ? resync(client) : undefined;
    (data.jobs as Loose[]).forEach((job) => client.received.push({ name: 'job:status', payload: { epoch: data.epoch, ...job } }));
  };

  /** When a client has been told what the store says of the job. */
  const isCurrent = (client: Client) =>
    eventually(async () => {
      const { records } = await app.store.read([JOB]);
      const version = records.get(JOB)?.job.version;
      assert(client.told.some((told) => told.id === JOB && told.version === version));
    });

  it('is away at the start: it serves, refuses, and is there when Redis is', async () => {
    await open();
    const ann = await app.connected(tokenOf('ann'));
    expect(ann.received.find(({ name }) => name === 'authenticated')?.payload.epoch).toBe('unknown');
    expect(await asked(ann)).toEqual(refused);
    await expect(app.job('ann', JOB)).rejects.toMatchObject({ code: 'unavailable' });
    await server.start();
    await create();
    await eventually(() => isAnswered(ann));
    expect(await ann.ask('job:subscribe', { jobId: JOB })).toMatchObject({ ok: true });
    await app.publisher.started(JOB);
    await isCurrent(ann);
  });

  it('dies and comes back empty: views follow what is there then', async () => {
    await server.start();
    await open();
    await create();
    const clients = await watching();
    await app.publisher.progress(JOB, 40);
    await Promise.all(clients.map(isCurrent));
    await server.kill();
    for (const client of clients) expect(await asked(client)).toEqual(refused);
    clients.forEach((client) => client.clear());
    await server.start();
    await create();
    await app.publisher.started(JOB);
    await Promise.all(clients.map(isCurrent));
    await app.publisher.completed(JOB);
    await Promise.all(clients.map(isCurrent));
    expect(clients.map(({ socket }) => socket.connected)).toEqual([true, true]);
  });

  it.each([
    ['freezes', () => server.pause(), () => server.resume()],
    [
      'takes no writes',
      () => server.command('CONFIG', 'SET', 'min-replicas-to-write', '1'),
      () => server.command('CONFIG', 'SET', 'min-replicas-to-write', '0'),
    ],
    ['is full', () => server.command('CONFIG', 'SET', 'maxmemory', '1'), () => server.command('CONFIG', 'SET', 'maxmemory', '0')],
    [
      'refuses the password',
      () =>
        [
          ['CONFIG', 'SET', 'requirepass', 'secret'],
          ['-a', 'secret', 'CLIENT', 'KILL', 'TYPE', 'normal'],
        ].forEach((words) => server.command(...words)),
      () => server.command('-a', 'secret', 'CONFIG', 'SET', 'requirepass', ''),
    ],
  ])('%s: changes are refused, everybody stays connected, and it goes on by itself', async (_, breaks, heals) => {
    await server.start();
    await open();
    await create();
    const clients = await watching();
    breaks();
    await expect(app.publisher.edited(JOB, { title: 'Lost' })).rejects.toMatchObject({ code: 'unavailable' });
    for (const client of clients) expect((await asked(client)).filter(({ ok, error }) => !ok && error.code !== 'unavailable')).toEqual([]);
    heals();
    await eventually(() => app.publisher.edited(JOB, { title: 'Kept' }));
    await Promise.all(clients.map(isCurrent));
    expect(clients.map(({ socket }) => socket.connected)).toEqual([true, true]);
  });
});
