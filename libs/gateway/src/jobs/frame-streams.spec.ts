import { isTerminal, type Job } from '@harmonia/contract';
import { SqliteJobStore, type JobEvent } from '@harmonia/job-engine';
import * as fc from 'fast-check';
import assert from 'node:assert/strict';
import { HeldJobStore } from '../held-job-store.suite.js';
import { adminToken, SocketApp, tokenOf, type Client, type Told } from '../socket-app.suite.js';

const PROTOCOL = { protocol: 1 };
const RUNS = 60;

/** What happens to a job next; an end that is not possible yet, or any more, is left out. */
const steps = fc.array(
  fc.record({ job: fc.nat(3), what: fc.constantFrom('progress', 'progress', 'progress', 'end', 'edit', 'breathe' as const) }),
  { minLength: 1, maxLength: 60 },
);

describe('[E4] any stream of changes', () => {
  let store: HeldJobStore;
  let app: SocketApp;
  let clients: readonly Client[];
  let epoch: string;

  beforeAll(async () => {
    store = new HeldJobStore(SqliteJobStore.open({ directory: ':memory:' }));
    app = await SocketApp.start({ jobs: { store }, gateway: { frames: { intervalMs: 2 } } });
    ({ epoch } = await store.read([]));
    clients = await Promise.all([
      app.connected(tokenOf('ann'), PROTOCOL),
      app.connected(adminToken('root'), PROTOCOL),
      app.connected(tokenOf('ann'), PROTOCOL),
      app.connected(tokenOf('ann')),
    ]);
    const [user, admin, , plain] = clients;
    for (const client of [user, admin, plain]) await client?.ask('jobs:subscribe:user');
    await admin?.ask('jobs:subscribe:all');
  });
  afterAll(() => app.stop());

  it('reaches every socket in the order of its versions, ends singly, and its last value arrives', async () => {
    let lines = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (stream) => {
        const jobs = await Promise.all([0, 1, 2, 3].map(() => newJob()));
        const watched = jobs.slice(0, 2);
        for (const { id } of watched) for (const client of clients) await client.ask('job:subscribe', { jobId: id });
        clients.forEach((client) => client.clear());
        const ends = await play(stream, jobs);
        const [user, admin, single, plain] = clients;
        assert(user && admin && single && plain);
        for (const job of jobs.filter(({ version }) => version > 1)) {
          const theirs = clients.filter((client) => client !== single || isOf(jobs.slice(0, 2))(job));
          await Promise.all(theirs.map((client) => client.hears(job)));
        }
        for (const client of clients) expect(endsSeen(client)).toEqual(client === single ? ends.filter(isOf(watched)) : ends);
        for (const client of clients) expect(disorder(client)).toEqual([]);
        expect(plain.received.filter(({ name }) => name === 'jobs:frame')).toEqual([]);
        lines += clients.reduce((sum, client) => sum + client.events.filter((event) => event.startsWith('jobs:frame')).length, 0);
      }),
      { numRuns: RUNS },
    );
    expect(lines).toBeGreaterThan(RUNS);
  });

  async function newJob(): Promise<Job> {
    const id = await app.job('ann');
    const { records } = await store.read([id]);
    return records.get(id)?.job ?? assert.fail('There is no such job.');
  }

  /** Lets the store say it, in batches; leaves in `jobs` what became of them, and answers which ends there were. */
  async function play(stream: readonly { job: number; what: string }[], jobs: Job[]): Promise<Pick<Job, 'id' | 'version'>[]> {
    const ends: Pick<Job, 'id' | 'version'>[] = [];
    for (const { job: index, what } of stream) {
      if (what === 'breathe') await clients[0]?.ask('job:unsubscribe', { jobId: 'nothing' });
      const job = jobs[index];
      if (!job || what === 'breathe') continue;
      const event = next(job, what);
      jobs[index] = event.job;
      if (event.kind === 'completed') ends.push({ id: job.id, version: event.job.version });
      store.tell({ epoch, position: 'p', events: [event] });
    }
    return ends;
  }

  function next(job: Job, what: string): JobEvent & { readonly job: Job } {
    const version = job.version + 1;
    if (isTerminal(job.status))
      return { kind: 'retried', job: { ...job, version, status: 'queued', attempt: job.attempt + 1, progress: null } };
    if (what === 'edit') return { kind: 'edited', job: { ...job, version, bodyVersion: version, title: `Title ${version}` } };
    if (what === 'end') return { kind: 'completed', job: { ...job, version, status: 'completed' } };
    const progress = { current: version, total: null, percentage: 0, message: `at ${version}` };
    return { kind: job.status === 'queued' ? 'started' : 'progress', job: { ...job, version, status: 'processing', progress } };
  }
});

const isOf = (jobs: readonly Job[]) => (told: Pick<Told, 'id'>) => jobs.some(({ id }) => told.id === id);

const endsSeen = (client: Client) => client.told.filter(({ name }) => name === 'job:completed').map(({ id, version }) => ({ id, version }));

/** What was told of a job after something newer of it; only a start that brings progress tells a version twice, to plain clients. */
function disorder({ told }: Client): readonly Told[] {
  const newest = new Map<string, number>();
  return told.filter(({ name, id, version }) => {
    const known = newest.get(id) ?? 0;
    newest.set(id, Math.max(known, version));
    return name === 'job:progress' ? version < known : version <= known;
  });
}
