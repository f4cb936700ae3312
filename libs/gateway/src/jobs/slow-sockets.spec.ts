import type { Job } from '@harmonia/contract';
import { JobAccessPolicy, SqliteJobStore, type JobChange, type JobOperation, type JobSession } from '@harmonia/job-engine';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { Client, linesOf, SocketApp, tokenOf, type Loose } from '../socket-app.suite.js';
import { HeldWay } from './held-way.suite.js';

const JOBS = 100;
const ROUNDS = 200;
const LIMIT = 256 * 1024;
/** Makes changes long: a frame of all jobs has 40 KB, their single events twice as much. */
const MESSAGE = 'Reading page after page '.repeat(12);

/** Owners, and guests by job. */
class GuestBook extends JobAccessPolicy {
  readonly guests = new Set<string>();

  override allows({ userId }: JobSession, _: JobOperation, job: Job): boolean {
    return job.userId === userId || this.guests.has(`${userId} ${job.id}`);
  }
}

/** What a client shows when the highest version counts [C1]. */
class View {
  readonly shown = new Map<string, Pick<Job, 'id' | 'version' | 'status' | 'progress'>>();

  constructor(private readonly socket: Socket) {
    socket.onAny((name: string, payload: Loose) => this.hear(name, payload));
  }

  /** When something more has come. */
  async news(): Promise<void> {
    await new Promise<void>((resolve) => {
      const hear = () => {
        this.socket.offAny(hear);
        resolve();
      };
      this.socket.onAny(hear);
    });
  }

  private hear(name: string, payload: Loose): void {
    const states = name === 'jobs:frame' ? linesOf(payload) : name.startsWith('job:') ? [payload.job ?? payload] : [];
    for (const state of states) if (state.version >= (this.shown.get(state.id)?.version ?? 0)) this.shown.set(state.id, state);
  }
}

describe('[L2] a socket that does not keep up', () => {
  const policy = new GuestBook();
  const store = SqliteJobStore.open({ directory: ':memory:' });
  let app: SocketApp;
  /** Another node of the same store. */
  let impatient: SocketApp;
  let way: HeldWay;
  let users = 0;
  let reports = 0;
  let user: string;
  let ids: readonly string[];
  const clients: Client[] = [];
  const views = new Map<Client, View>();

  beforeAll(async () => {
    app = await SocketApp.start({ jobs: { store, policy }, gateway: { frames: { intervalMs: 1 } } });
    impatient = await SocketApp.start({ jobs: { store, policy }, gateway: { slow: { patienceMs: 100 }, frames: { intervalMs: 1 } } });
  });
  beforeEach(async () => {
    way = await HeldWay.to(app.url);
    user = `user-${++users}`;
    ids = await Promise.all(Array.from({ length: JOBS }, () => app.job(user)));
  });
  afterEach(() => {
    clients.splice(0).forEach(({ socket }) => socket.disconnect());
    way.close();
  });
  afterAll(async () => {
    await impatient.stop();
    await app.stop();
  });

  /** A client on the way that can be held, which watches its list or one job. */
  const held = async (auth: object, watch: 'user' | { jobId: string }, transports = ['websocket'], url = way.url) => {
    const token = tokenOf(watch === 'user' ? user : 'guest');
    const client = new Client(io(url, { auth: { token, ...auth }, transports, forceNew: true, reconnection: false }));
    clients.push(client);
    views.set(client, new View(client.socket));
    client.socket.on('session:mark', (acknowledge: () => void) => acknowledge());
    await client.next('authenticated');
    await (watch === 'user' ? client.ask('jobs:subscribe:user') : client.ask('job:subscribe', watch));
    client.clear();
    return client;
  };

  /** Counts what is told to a client from now on, in characters. */
  const toldTo = ({ socket }: Client, of: SocketApp = app) => {
    const told = { bytes: 0 };
    const { conn } = of.gateway.server?.sockets.get(socket.id ?? '') ?? assert.fail('The server does not know it.');
    conn.on('packetCreate', ({ data }: { data?: string | Buffer }) => (told.bytes += data?.length ?? 0));
    return told;
  };

  const progress = (id: string, current: number): JobChange => ({
    kind: 'reported',
    id,
    progress: { current, total: 1_000_000, message: MESSAGE },
  });
  const failed = (id: string): readonly JobChange[] => [
    { kind: 'reported', id, status: 'failed', error: { code: 'page-broken', message: 'The page is broken.' } },
    { kind: 'retried', id },
  ];

  /** Every job reports in each round, and in every tenth some fail and are retried; answers how many did. */
  const churn = async (rounds: number, of = ids, reader: Client | null = null): Promise<number> => {
    let ends = 0;
    for (let round = 1; round <= rounds; round++) {
      reports++;
      const failing = round % 10 === 0 ? of.filter((_, index) => index % 10 === (round / 10) % 10) : [];
      await store.apply([...of.map((id) => progress(id, reports)), ...failing.flatMap(failed)]);
      app.sendFrames();
      await (reader ? reader.settled() : turn());
      ends += failing.length;
    }
    return ends;
  };

  /** It stops reading, and so much happens until it is told no more. */
  const fallBehind = async (client: Client, of = ids): Promise<void> => {
    const told = toldTo(client);
    way.hold();
    for (let before = -1; told.bytes !== before;) {
      before = told.bytes;
      await churn(20, of);
    }
  };

  const stored = async (): Promise<readonly Job[]> => {
    const { records } = await store.read(ids);
    return [...records.values()].map(({ job }) => job);
  };

  const expectTruth = async (client: Client) => {
    const view = views.get(client) ?? assert.fail('Nobody looks at what it shows.');
    const jobs = await stored();
    while (jobs.some(({ id, version }) => (view.shown.get(id)?.version ?? 0) < version)) await view.news();
    for (const { id, version, status, progress } of jobs) expect(view.shown.get(id)).toMatchObject({ version, status, progress });
  };

  const failuresOf = ({ received }: Client) =>
    received.filter(({ name }) => name === 'job:failed').map(({ payload }) => `${payload.id} ${payload.attempt}`);

  describe.each<[string, object, string[]]>([
    ['that speaks the protocol', { protocol: 1 }, ['websocket']],
    ['that speaks the protocol, polling', { protocol: 1 }, ['polling']],
    ['that is plain', {}, ['websocket']],
  ])('%s', (_, auth, transports) => {
    it('is told no more, however much happens, then the newest, every end once, and again what happens', async () => {
      const slow = await held(auth, 'user', transports);
      const fast = await held(auth, 'user', ['websocket'], app.url);
      const [told, toldFast] = [toldTo(slow), toldTo(fast)];
      way.hold();
      const isPlain = !('protocol' in auth);
      let ends = await churn(ROUNDS, ids, fast);
      // the buffers of the system take much from a plain client that does not read
      if (isPlain) expect(told.bytes).toBeLessThan(toldFast.bytes - 10 * LIMIT);
      else expect(told.bytes).toBeLessThan(1.5 * LIMIT);
      const before = told.bytes;
      ends += await churn(ROUNDS / 4, ids, fast);
      // they may still grow, and let a little through
      expect(told.bytes - before).toBeLessThan(isPlain ? 4 * LIMIT : 1);
      await expectTruth(fast);
      expect(failuresOf(fast)).toHaveLength(ends);
      way.release();
      await expectTruth(slow);
      expect([...failuresOf(slow)].sort()).toEqual([...failuresOf(fast)].sort());
      await churn(1);
      await expectTruth(slow);
    }, 20_000);
  });

  it('does not slow down the others, nor is it closed as long as it drains in time', async () => {
    const slow = await held({ protocol: 1 }, 'user');
    way.hold();
    await churn(ROUNDS / 4);
    way.release();
    await expectTruth(slow);
    expect(slow.received.filter(({ name }) => name === 'session:closing' || name === 'disconnect')).toEqual([]);
  });

  it.each([
    ['speaks the protocol', { protocol: 1 }],
    ['is plain', {}],
  ])(
    'is answered no more than it reads, however often it asks, when it %s',
    async (_, auth) => {
      const result = 'page '.repeat(10_000);
      await store.apply(ids.slice(0, 20).map((id) => ({ kind: 'reported', id, status: 'completed', result })));
      const slow = await held(auth, 'user');
      const fast = await held({ protocol: 1 }, 'user', ['websocket'], app.url);
      const [told, toldFast] = [toldTo(slow), toldTo(fast)];
      way.hold();
      const answers = Array.from({ length: 50 }, () => slow.ask('jobs:subscribe:user'));
      while (toldFast.bytes < 50 * 1_000_000) await fast.ask('jobs:subscribe:user');
      // the buffers of the system take much from a plain client that does not read
      expect(told.bytes).toBeLessThan(20 * 1_000_000);
      way.release();
      expect((await Promise.all(answers)).filter(({ ok }) => ok)).toHaveLength(50);
    },
    20_000,
  );

  it('[S7] hears nothing any more of a job that was revoked meanwhile, but that it is gone', async () => {
    const [id] = ids;
    assert(id);
    policy.guests.add(`guest ${id}`);
    const guest = await held({ protocol: 1 }, { jobId: id });
    const told = toldTo(guest);
    await fallBehind(guest, [id]);
    await churn(ROUNDS, [id]);
    const before = told.bytes;
    policy.guests.delete(`guest ${id}`);
    const { records } = await store.read([id]);
    await app.access.revoke('guest', id);
    await churn(20, [id]);
    way.release();
    await guest.next('job:removed');
    await churn(1, [id]);
    await guest.settled();
    expect(told.bytes - before).toBeLessThan(1024);
    const known = records.get(id)?.job.version ?? 0;
    expect(guest.told.filter(({ name, version }) => name !== 'job:removed' && version >= known)).toEqual([]);
  });

  it.each<[string, (id: string) => JobChange]>([
    ['nobody announced that it may not', () => ({ kind: 'revoked', userId: 'nobody' })],
    ['it has another owner', (id) => ({ kind: 'edited', id, userId: 'somebody-else' })],
  ])('is not told of a job that it may not see any more when it drains, though %s', async (_, change) => {
    const [id] = ids;
    assert(id);
    policy.guests.add(`guest ${id}`);
    const guest = await held({ protocol: 1 }, { jobId: id });
    await fallBehind(guest, [id]);
    const { records } = await store.read([id]);
    await churn(10, [id]);
    policy.guests.delete(`guest ${id}`);
    await store.apply([change(id)]);
    way.release();
    await guest.settled();
    await guest.ask('jobs:sync', { epoch: 'none', jobs: { [id]: 0 } });
    const known = records.get(id)?.job.version ?? 0;
    expect(guest.told.filter(({ name, version }) => name !== 'job:removed' && version > known)).toEqual([]);
  });

  it('hears of jobs that came and went meanwhile', async () => {
    const slow = await held({ protocol: 1 }, 'user');
    const [gone] = ids;
    assert(gone);
    await fallBehind(slow);
    await churn(2);
    const born = await app.job(user);
    await store.apply([progress(born, ++reports), { kind: 'cancelled', id: gone }, { kind: 'removed', id: gone }]);
    way.release();
    expect(await slow.next('job:created')).toMatchObject({ job: { id: born, version: 2, progress: { current: reports } } });
    expect(await slow.next('job:removed')).toMatchObject({ id: gone });
  });

  describe('for too long', () => {
    beforeEach(async () => {
      way.close();
      way = await HeldWay.to(impatient.url);
    });

    it('is closed, says why, and leaves nothing behind', async () => {
      const slow = await held({ protocol: 1 }, 'user');
      const socket = impatient.gateway.server?.sockets.get(slow.socket.id ?? '') ?? assert.fail('The server does not know it.');
      const gone = once(socket, 'disconnect');
      way.hold();
      await churn(40);
      await gone;
      expect(impatient.gateway.server?.sockets.size).toBe(0);
      way.release();
      expect(await slow.next('session:closing')).toEqual({ code: 'timeout', retryAfterMs: 0 });
      await slow.next('disconnect');
    });
  });

  describe('when more happens than is kept', () => {
    const lag = async (auth: object) => {
      const many = Array.from({ length: 5100 }, (_, index) => `${user}-${index}`);
      const slow = await held(auth, 'user');
      await fallBehind(slow);
      await store.apply(
        many.map((id) => ({ kind: 'created', job: { id, userId: user, jobType: 'simulate', title: null, tags: [], input: null } })),
      );
      way.release();
      return slow;
    };

    it('is told to sync, and hears again what happens', async () => {
      const slow = await lag({ protocol: 1 });
      await slow.next('session:lagged');
      await churn(1);
      await expectTruth(slow);
    });

    it('is closed when it does not know how to sync', async () => {
      const slow = await lag({});
      // what it was told last is behind what it does not read: it may hear no more than the end
      expect(await slow.next('disconnect')).toMatch(/^transport/);
    });
  });
});
