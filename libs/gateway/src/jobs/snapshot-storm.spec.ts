import { JobsSyncAnswerSchema, type Job } from '@harmonia/contract';
import { JobAccessPolicy, SqliteJobStore, type JobOperation, type JobSession } from '@harmonia/job-engine';
import * as v from 'valibot';
import { adminToken, SocketApp, tokenOf, type Client, type Loose } from '../socket-app.suite.js';

const CLIENTS = 200;
const JOBS = 60;

/** Admins see everything, but for what they are kept from. */
class Clearance extends JobAccessPolicy {
  readonly uncleared = new Set<string>();

  override allows(session: JobSession, _: JobOperation, job: Job): boolean {
    if (this.uncleared.has(session.userId) && job.tags.includes('secret')) return false;
    return job.userId === session.userId || session.roles.includes('admin');
  }
}

describe('many clients that ask for the same list at once', () => {
  const policy = new Clearance();
  const sqlite = SqliteJobStore.open({ directory: ':memory:' });
  const reads = jest.spyOn(sqlite, 'since');
  const texts = jest.spyOn(JSON, 'stringify');
  let app: SocketApp;
  beforeAll(async () => {
    app = await SocketApp.start({ jobs: { store: sqlite, policy } });
  });
  beforeEach(() => {
    reads.mockClear();
    texts.mockClear();
  });
  afterAll(async () => {
    await app.stop();
    texts.mockRestore();
  });

  /** How often a list was made into text. */
  const encodings = () => texts.mock.results.filter(({ value }) => String(value).split('"jobType"').length > JOBS).length;

  const jobsOf = (userId: string, tags: string[] = []) =>
    Promise.all(Array.from({ length: JOBS }, () => app.publisher.created({ userId, jobType: 'simulate', tags })));

  const clients = (token: string, count = CLIENTS, auth: object = { protocol: 1 }) =>
    Promise.all(Array.from({ length: count }, () => app.connected(token, { ...auth })));

  /** The list as our client reads it. */
  const listed = async (client: Client, list: 'user' | 'all'): Promise<readonly Job[]> => {
    const { data } = await client.ask('jobs:sync', { epoch: 'none', jobs: {}, [list]: null });
    return v.parse(JobsSyncAnswerSchema, data)[list]?.jobs ?? [];
  };

  it('[S5] cost one reading of the store and one encoding', async () => {
    const known = await jobsOf('ann');
    const anns = await clients(tokenOf('ann'));
    texts.mockClear();
    const lists = await Promise.all(anns.map((client) => listed(client, 'user')));
    expect(reads).toHaveBeenCalledTimes(1);
    expect(encodings()).toBe(1);
    for (const list of lists) expect(new Set(list.map(({ id }) => id))).toEqual(new Set(known.map(({ id }) => id)));
  });

  it('[S2] share them however they subscribe, and plain clients still get plain objects', async () => {
    await jobsOf('cat');
    const [framed, plain] = await Promise.all([clients(tokenOf('cat'), 20), clients(tokenOf('cat'), 2, {})]);
    texts.mockClear();
    const answers = await Promise.all([...framed, ...plain].map((client) => client.ask('jobs:subscribe:user')));
    expect(reads).toHaveBeenCalledTimes(1);
    expect(encodings()).toBe(1 + plain.length);
    expect(answers.map(({ data }) => Array.isArray(data.jobs))).toEqual([...framed.map(() => false), ...plain.map(() => true)]);
  });

  it('[S3] miss nothing that changes during the storm', async () => {
    const known = await jobsOf('dan');
    const dans = await clients(tokenOf('dan'));
    const asked = dans.map(async (client, index) => {
      // each at a moment of its own, between the changes
      for (let turn = index % 40; turn > 0; turn--) await app.publisher.flush();
      return listed(client, 'user');
    });
    for (const { id } of known) await app.publisher.completed(id);
    const born = await Promise.all(Array.from({ length: 10 }, () => app.job('dan')));
    const lists = await Promise.all(asked);
    await Promise.all(dans.map((client) => client.settled()));
    expect(reads.mock.calls.length).toBeLessThan(CLIENTS / 2);
    const missed = dans.flatMap((client, index) => {
      const told = client.received.flatMap(({ name, payload }): Loose[] => (name.startsWith('job:') ? [payload.job ?? payload] : []));
      const newest = new Map([...(lists[index] ?? []), ...told].map((job) => [job.id, job.status]));
      return [...known.filter(({ id }) => newest.get(id) !== 'completed'), ...born.filter((id) => !newest.has(id))];
    });
    expect(missed).toEqual([]);
  });

  it('[S5] never share what another may see more of', async () => {
    const secret = await jobsOf('eve', ['secret']);
    policy.uncleared.add('auditor');
    const [roots, auditors] = await Promise.all([clients(adminToken('root'), 10), clients(adminToken('auditor'), 10)]);
    texts.mockClear();
    const lists = await Promise.all([...roots, ...auditors].map((client) => listed(client, 'all')));
    const secrets = lists.map((list) => list.filter(({ userId }) => userId === 'eve').length);
    expect(reads).toHaveBeenCalledTimes(1);
    expect(secrets).toEqual([...roots.map(() => secret.length), ...auditors.map(() => 0)]);
  });

  it('[S7] nor go on to share with whoever has lost a permission since the reading', async () => {
    await jobsOf('fay', ['secret']);
    const holdsSecrets = async () => {
      const guest = await app.connected(adminToken('guest'), { protocol: 1 });
      return (await listed(guest, 'all')).some(({ userId }) => userId === 'fay');
    };
    expect(await holdsSecrets()).toBe(true);
    policy.uncleared.add('guest');
    await app.access.revoke('guest');
    expect(await holdsSecrets()).toBe(false);
    expect(reads).toHaveBeenCalledTimes(1);
  });
});
