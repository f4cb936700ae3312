import type { Job } from '@harmonia/contract';
import {
  JobAccessPolicy,
  JobHandler,
  RedisJobStore,
  type HarmoniaJobsOptions,
  type JobOperation,
  type JobRunner,
  type JobSession,
  type RunningJob,
  type RunReport,
} from '@harmonia/job-engine';
import { describeWithRedis, RedisServer } from '@harmonia/test-processes';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { SocketApp, tokenOf, type Client } from '../socket-app.suite.js';

const TRIALS = 400;
const AT_ONCE = 20;

jest.setTimeout(20_000);

/** Owners, and guests by job: what a host keeps in a database that all its nodes ask. */
class GuestBook extends JobAccessPolicy {
  readonly guests = new Set<string>();

  override allows({ userId }: JobSession, _: JobOperation, job: Job): boolean {
    return job.userId === userId || this.guests.has(`${userId} ${job.id}`);
  }
}

/** Works until it is told to stop. */
@JobHandler('endless')
class Endless implements JobRunner {
  async run(_: RunningJob, __: RunReport, signal: AbortSignal): Promise<void> {
    await once(signal, 'abort');
  }
}

/** A store of which a node hears late, when that is asked for. */
class Lateness {
  private held: (() => void)[] | null = null;

  constructor(readonly store: RedisJobStore) {
    const follow = store.follow.bind(store);
    store.follow = (position, listener) =>
      follow(position, (batch) => (this.held ? this.held.push(() => listener(batch)) : listener(batch)));
  }

  hold(): { release(): void } {
    const held: (() => void)[] = [];
    this.held = held;
    return {
      release: () => {
        this.held = null;
        held.forEach((hear) => hear());
      },
    };
  }
}

describeWithRedis('[F1] two nodes on one Redis', () => {
  const policy = new GuestBook();
  let server: RedisServer;
  let lateness: Lateness;
  let one: SocketApp;
  let two: SocketApp;
  /** On each node a protocol client and a plain one. */
  let anns: readonly Client[];

  beforeAll(async () => {
    server = await RedisServer.start();
  });
  beforeEach(async () => {
    const prefix = randomUUID();
    const node = (jobs: Partial<HarmoniaJobsOptions>) =>
      SocketApp.start({ jobs: { store: RedisJobStore.open({ url: server.url, prefix }), policy, ...jobs } });
    lateness = new Lateness(RedisJobStore.open({ url: server.url, prefix }));
    one = await node({ store: lateness.store, runner: { handlers: [Endless] } });
    two = await node({});
    anns = await everywhere('ann');
  });
  afterEach(() => Promise.all([one, two].map((app) => app.stop())));
  afterAll(() => server.remove());

  const everywhere = (user: string): Promise<Client[]> =>
    Promise.all([one, two].flatMap((app) => [{ protocol: 1 }, {}].map((auth) => app.connected(tokenOf(user), auth))));

  const all = <Answer>(clients: readonly Client[], work: (client: Client) => Promise<Answer>) => Promise.all(clients.map(work));

  /** Clients of one user on both nodes that watch a job. */
  const watching = async (user: string, jobId: string): Promise<Client[]> => {
    const clients = await everywhere(user);
    await all(clients, (client) => client.ask('job:subscribe', { jobId }));
    await all(clients, (client) => client.settled());
    clients.forEach((client) => client.clear());
    return clients;
  };

  it('tells on both what happens on either', async () => {
    await all(anns, (client) => client.ask('jobs:subscribe:user'));
    const id = await one.job('ann');
    await all(anns, (client) => client.hears({ id, version: 1 }));
    await two.publisher.progress(id, 40);
    await all(anns, (client) => client.hears({ id, version: 2 }));
    await one.publisher.completed(id, { pages: 7 });
    const ends = await all(anns, (client) => client.next('job:completed'));
    expect(ends.map(({ job }) => [job.version, job.result])).toEqual(anns.map(() => [3, { pages: 7 }]));
    await two.publisher.removed(id);
    expect(await all(anns, (client) => client.next('job:removed'))).toMatchObject(anns.map(() => ({ id, version: 4 })));
  });

  it('[S7] evicts on both whose permission was revoked on one, before anything later is told', async () => {
    const id = await one.job('ann');
    policy.guests.add(`guest ${id}`);
    const guests = await watching('guest', id);
    policy.guests.delete(`guest ${id}`);
    await two.access.revoke('guest', id);
    await one.publisher.completed(id);
    await all(guests, (client) => client.next('job:removed'));
    await all(guests, (client) => client.settled());
    expect(guests.map(({ told }) => told.map(({ name }) => name))).toEqual(guests.map(() => ['job:removed']));
  });

  it('[S7] closes every session of a user on both', async () => {
    await two.access.revoke('ann');
    const words = await all(anns, (client) => client.next('session:closing'));
    expect(words.map(({ code }) => code)).toEqual(anns.map(() => 'access-revoked'));
  });

  it('[S7, E1] moves a job to its new owner on both', async () => {
    const id = await one.job('ann');
    const formers = await watching('ann', id);
    const bens = await everywhere('ben');
    await all(bens, (client) => client.ask('jobs:subscribe:user'));
    await two.publisher.edited(id, { userId: 'ben' });
    await one.publisher.completed(id);
    await all(formers, (client) => client.next('job:removed'));
    await all(bens, (client) => client.next('job:completed'));
    await all(formers, (client) => client.settled());
    expect(formers.map((client) => client.told.filter(({ name }) => name !== 'job:removed'))).toEqual(formers.map(() => []));
  });

  it('[R3] cancels on one what runs on the other', async () => {
    const { id } = await two.publisher.created({ userId: 'ann', jobType: 'endless' });
    const clients = await watching('ann', id);
    await all(
      clients,
      async (client) =>
        (await client.ask('job:subscribe', { jobId: id })).data.job.status === 'processing' || client.hears({ id, version: 2 }),
    );
    await two.publisher.cancelled(id);
    await all(clients, (client) => client.next('job:status', ({ status }) => status === 'cancelled'));
    // nothing comes of the run that was told to stop
    await one.publisher.flush();
    expect((await one.store.read([id])).records.get(id)?.job).toMatchObject({ status: 'cancelled', version: 3 });
  });

  it('[G3] tells a plain client nothing older than what it was answered, however late this node hears of it', async () => {
    const id = await two.job('ann');
    await all(anns, (client) => client.ask('jobs:subscribe:user'));
    await all(anns, (client) => client.settled());
    anns.forEach((client) => client.clear());
    const late = lateness.hold();
    await two.publisher.progress(id, 40);
    await two.publisher.completed(id);
    const next = await two.job('ann');
    const [, plain] = anns;
    const answer = await plain?.ask('job:subscribe', { jobId: id });
    expect(answer?.data.job).toMatchObject({ version: 3, status: 'completed' });
    late.release();
    await all(anns, (client) => client.hears({ id: next, version: 1 }));
    expect(plain?.events).toEqual(['job:completed 3', 'job:created 1']);
    await two.publisher.removed(id);
    await plain?.next('job:removed');
  });

  it('[G5, G3] shows a plain client the end, and nothing older after it, whenever it subscribes', async () => {
    const [client] = anns.slice(1);
    const random = (most: number) => Math.floor(Math.random() * most);
    const turns = async (most: number) => {
      for (let left = random(most); left > 0; left--) await turn();
    };
    const trial = async (): Promise<string> => {
      const id = await two.job('ann');
      const work = async () => {
        for (let step = 1; step <= 5; step++)
          await two.store.apply([{ kind: 'reported', id, progress: { current: step, total: 9, message: '' } }]);
        await two.publisher.completed(id);
      };
      const watch = async () => {
        for (let again = 0; again < 5; again++) {
          await turns(20);
          client?.say('job:subscribe', { jobId: id });
        }
      };
      await Promise.all([work(), watch()]);
      return id;
    };
    const ids: string[] = [];
    while (ids.length < TRIALS) ids.push(...(await Promise.all(Array.from({ length: AT_ONCE }, trial))));
    const told = () => client?.told ?? [];
    while (!ids.every((id) => told().some((one) => one.id === id && one.name === 'job:completed'))) await client?.settled();
    const back = ids.filter((id) => {
      const versions = told()
        .filter((one) => one.id === id)
        .map(({ version }) => version);
      return versions.some((version, index) => version < (versions[index - 1] ?? 0));
    });
    expect(back).toEqual([]);
  });
});
