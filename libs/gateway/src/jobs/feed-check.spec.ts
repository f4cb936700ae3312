import { RedisJobStore, type JobEvent, type JobStore } from '@harmonia/job-engine';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { randomUUID } from 'node:crypto';
import { adminToken, SocketApp, tokenOf, type Client } from '../socket-app.suite.js';
import { RepairCounts } from './repair-counts.js';

/** Long enough for a busy machine to hear of everything between two rounds. */
const EVERY_MS = 250;

jest.setTimeout(30_000);

/** Hears everything but what it is told to lose. */
class LossyStore {
  loses: (event: JobEvent) => boolean = () => false;
  isDeaf = false;

  constructor(private readonly store: JobStore) {}

  open(): JobStore {
    const { store } = this;
    const methods = ['apply', 'read', 'list', 'history', 'since', 'overdue', 'close'] as const;
    const same = Object.fromEntries(methods.map((name) => [name, store[name].bind(store)]));
    const follow: JobStore['follow'] = (position, listener) =>
      store.follow(position, (batch) => {
        if (!this.isDeaf) listener({ ...batch, events: batch.events.filter((event) => !this.loses(event)) });
      });
    // every method of the port is there
    return { ...same, isShared: true, follow } as unknown as JobStore;
  }
}

describeWithRedis('[F3] comparing what was told with the store', () => {
  let server: RedisServer;
  let prefix: string;
  const apps: SocketApp[] = [];
  beforeAll(async () => {
    server = await RedisServer.start();
  });
  beforeEach(() => {
    prefix = randomUUID();
  });
  afterEach(() => Promise.all(apps.splice(0).map((app) => app.stop())));
  afterAll(() => server.remove());

  const node = async (checkEveryMs: number, lossy = (store: JobStore) => store): Promise<SocketApp> => {
    const store = lossy(RedisJobStore.open({ url: server.url, prefix }));
    const app = await SocketApp.start({ jobs: { store }, gateway: { checkEveryMs } });
    apps.push(app);
    return app;
  };
  const countsOf = ({ app }: SocketApp) => app.get(RepairCounts);

  describe('of a feed that loses something', () => {
    let lossy: LossyStore;
    let app: SocketApp;
    let other: SocketApp;
    let id: string;
    let ann: Client;
    let plain: Client;
    beforeEach(async () => {
      app = await node(EVERY_MS, (store) => {
        lossy = new LossyStore(store);
        return lossy.open();
      });
      other = await node(0);
      id = await app.job('ann');
      ann = await app.connected(tokenOf('ann'), { protocol: 1 });
      plain = await app.connected(tokenOf('ann'));
      await ann.ask('jobs:subscribe:user');
      await plain.ask('job:subscribe', { jobId: id });
      await plain.settled();
      [ann, plain].forEach((client) => client.clear());
    });

    /** Rounds have been made in vain: from now on nothing changes that is not looked at. */
    const looking = async () => {
      const since = jest.spyOn(app.store, 'since');
      await new Promise<void>((resolve) => {
        since.mockImplementation((...asked) => {
          since.mockRestore();
          resolve();
          return app.store.since(...asked);
        });
      });
    };

    it('tells whoever watches a job of an end that was lost, and counts it', async () => {
      const bystander = await app.connected(tokenOf('ben'), { protocol: 1 });
      await bystander.ask('jobs:subscribe:user');
      await looking();
      lossy.loses = (event) => event.kind === 'completed';
      await other.publisher.completed(id);
      await ann.next('session:lagged');
      await plain.hears({ id, version: 2 });
      expect(plain.events).toEqual(['job:completed 2']);
      expect(countsOf(app)).toEqual({ missed: 0, untold: 1, sockets: 2 });
      await bystander.settled();
      expect(bystander.received.filter(({ name }) => name === 'session:lagged')).toEqual([]);
    });

    it('tells of a removal that was lost', async () => {
      await other.publisher.cancelled(id);
      await plain.hears({ id, version: 2 });
      await looking();
      lossy.loses = (event) => event.kind === 'removed';
      await other.publisher.removed(id);
      await plain.next('job:removed');
      expect(countsOf(app).untold).toBe(1);
    });

    it('[S7] takes the job from a former owner, of whose loss was not heard', async () => {
      await other.publisher.started(id);
      await plain.hears({ id, version: 2 });
      plain.clear();
      await looking();
      lossy.loses = (event) => event.kind === 'edited';
      await other.publisher.edited(id, { userId: 'ben' });
      // nobody of ben's is here: what is known of the former owner leads to the job's room
      await plain.next('job:removed');
      await other.publisher.completed(id);
      await Promise.all([ann, plain].map((client) => client.settled()));
      expect(plain.events).toEqual(['job:removed 2']);
    });

    it('notices another epoch of which it was not told', async () => {
      lossy.isDeaf = true;
      await server.kill();
      await server.start();
      await ann.next('session:lagged');
      await plain.next('job:removed');
      const { epoch } = await app.store.read([]);
      expect(plain.received.at(-1)?.payload).toMatchObject({ epoch, id });
      expect(countsOf(app)).toEqual({ missed: 1, untold: 0, sockets: 2 });
    });

    it('leaves alone what nobody here watches, and what was healed by a later change', async () => {
      await looking();
      lossy.loses = (event) => event.kind === 'created' || event.kind === 'started';
      await other.job('ben');
      await other.publisher.started(id);
      await other.publisher.progress(id, 5);
      await plain.hears({ id, version: 3 });
      await looking();
      await looking();
      expect(countsOf(app)).toEqual({ missed: 0, untold: 0, sockets: 0 });
    });
  });

  it('finds nothing to mend on two nodes under load, and both tell the same', async () => {
    const nodes = [await node(EVERY_MS), await node(EVERY_MS)];
    const clients = await Promise.all(
      nodes.flatMap((app) => [
        app.connected(adminToken('root'), { protocol: 1 }),
        app.connected(tokenOf('ann'), { protocol: 1 }),
        app.connected(tokenOf('ann')),
      ]),
    );
    await Promise.all(clients.map((client, index) => client.ask(index % 3 === 0 ? 'jobs:subscribe:all' : 'jobs:subscribe:user')));
    // as our own client does [L2]
    clients.forEach(({ socket }) => socket.on('session:mark', (acknowledge: () => void) => acknowledge()));
    const rounds = nodes.map(({ store }) => jest.spyOn(store, 'since'));
    const work = async (turn: number): Promise<string> => {
      const [one, two] = turn % 2 === 0 ? [nodes[0], nodes[1]] : [nodes[1], nodes[0]];
      const id = (await one?.job('ann')) ?? '';
      for (let step = 1; step <= 5; step++) await (step % 2 ? one : two)?.publisher.progress(id, step * 20);
      await (turn % 7 === 0 ? one?.publisher.cancelled(id) : two?.publisher.completed(id));
      return id;
    };
    const ids = new Set<string>();
    for (let turn = 0; rounds.some(({ mock }) => mock.calls.length < 6); turn += 20) {
      const done = await Promise.all(Array.from({ length: 20 }, (_, index) => work(turn + index)));
      done.forEach((id) => ids.add(id));
    }
    const { records } = (await nodes[0]?.store.read([...ids])) ?? { records: new Map() };
    const versions = [...records.values()].map(({ job }) => `${job.id} ${job.version}`).sort();
    for (const client of clients) {
      const shown = () =>
        [...new Map(client.told.map(({ id, version }) => [id, version]))].map(([id, version]) => `${id} ${version}`).sort();
      while (shown().join() !== versions.join()) await client.settled();
      expect(shown()).toEqual(versions);
    }
    expect(ids.size).toBeGreaterThan(100);
    expect(nodes.map(countsOf)).toEqual(nodes.map(() => ({ missed: 0, untold: 0, sockets: 0 })));
  });
});
