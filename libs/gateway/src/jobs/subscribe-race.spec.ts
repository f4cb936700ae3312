import { SqliteJobStore } from '@harmonia/job-engine';
import { setImmediate as turn } from 'node:timers/promises';
import { HeldJobStore } from '../held-job-store.suite.js';
import { SocketApp, tokenOf, type Client, type Loose } from '../socket-app.suite.js';

const TRIALS = 300;
const AT_ONCE = 25;

/** Mulberry32: numbers from 0 to 1 that a seed repeats. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

describe.each([
  ['a prompt store', 1, 0],
  ['a slow store', 2, 4],
])('[G5] subscribing at any moment around completion, before %s', (_, seed, mostTurns) => {
  const random = randomOf(seed);
  const turns = async (most: number) => {
    for (let left = random() * most; left >= 1; left--) await turn();
  };
  let store: HeldJobStore;
  let app: SocketApp;
  beforeAll(async () => {
    const sqlite = SqliteJobStore.open({ directory: ':memory:' });
    store = new HeldJobStore(sqlite, mostTurns > 0 ? () => turns(mostTurns) : null);
    app = await SocketApp.start({ jobs: { store } });
  });
  afterAll(() => app.stop());

  /** What the integration guide's reducers make of the events of one job, in the order in which they came. */
  const statusSeen = (client: Client, id: string): string | undefined => {
    const ofJob = client.received.filter(({ payload }) => payload?.id === id || payload?.job?.id === id);
    return ofJob.reduce((status: Loose, { name, payload }) => {
      if (name === 'job:completed') return payload.job.status;
      return name === 'job:failed' ? 'failed' : (payload.status ?? status);
    }, undefined);
  };

  const trial = async (client: Client, subscribe: (id: string) => Promise<unknown>): Promise<string> => {
    const id = await app.job('ann');
    const work = async () => {
      await turns(6);
      await app.publisher.started(id);
      await turns(6);
      await (random() < 0.5 ? app.publisher.completed(id) : app.publisher.failed(id, 'No.'));
    };
    const watch = async () => {
      await turns(16);
      await subscribe(id);
    };
    await Promise.all([work(), watch()]);
    return id;
  };

  const trials = async (client: Client, subscribe: (id: string) => Promise<unknown>): Promise<string[]> => {
    const done: string[] = [];
    while (done.length < TRIALS) done.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => trial(client, subscribe)))));
    await store.idle();
    await client.settled();
    return done;
  };

  it('shows a plain client the terminal state, without acknowledgement', async () => {
    const client = await app.connected(tokenOf('ann'));
    const ids = await trials(client, async (jobId) => client.say('job:subscribe', { jobId }));
    const missed = ids.filter((id) => !['completed', 'failed'].includes(statusSeen(client, id) ?? ''));
    expect({ trials: ids.length, missed }).toEqual({ trials: TRIALS, missed: [] });
  });

  it('shows it to a client that takes the newest of answers and events', async () => {
    const client = await app.connected(tokenOf('ann'), { protocol: 1 });
    const answers = new Map<string, { version: number; status: string }>();
    const ids = await trials(client, async (jobId) => answers.set(jobId, (await client.ask('job:subscribe', { jobId })).data.job));
    const newest = (id: string) => {
      const events = client.received.map(({ payload }) => payload?.job ?? payload).filter((job) => job?.id === id);
      return [answers.get(id), ...events].reduce((best, job) => (job.version > best.version ? job : best)).status;
    };
    const missed = ids.filter((id) => !['completed', 'failed'].includes(newest(id)));
    const early = ids.filter((id) => answers.get(id)?.status !== 'queued' && answers.get(id)?.status !== 'processing');
    expect({ trials: ids.length, missed }).toEqual({ trials: TRIALS, missed: [] });
    // both orders were met: some subscribed before the end, some after it
    expect(early.length).toBeGreaterThan(0);
    expect(early.length).toBeLessThan(TRIALS);
  });
});
