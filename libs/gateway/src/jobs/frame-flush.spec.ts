import type { Job } from '@harmonia/contract';
import { JobAccessPolicy, SqliteJobStore, type JobEvent, type JobOperation, type JobSession } from '@harmonia/job-engine';
import assert from 'node:assert/strict';
import { HeldJobStore } from '../held-job-store.suite.js';
import { adminToken, linesOf, SocketApp, tokenOf, type Client } from '../socket-app.suite.js';
import { FrameFlush } from './frame-flush.js';

/** Longer than a spec: what waits is sent when the spec says so. */
const intervalMs = 60_000;

const PROTOCOL = { protocol: 1 };

/** Owners, admins, and guests. */
class GuestList extends JobAccessPolicy {
  readonly guests = new Set<string>();

  override allows({ userId, roles }: JobSession, _: JobOperation, job: Job): boolean {
    return job.userId === userId || roles.includes('admin') || this.guests.has(userId);
  }
}

describe('[E4] frames', () => {
  const policy = new GuestList();
  let store: HeldJobStore;
  let app: SocketApp;
  let ann: Client;
  let epoch: string;
  let job: Job;
  let other: Job;

  beforeAll(async () => {
    store = new HeldJobStore(SqliteJobStore.open({ directory: ':memory:' }));
    app = await SocketApp.start({ jobs: { store, policy }, gateway: { frames: { intervalMs } } });
    ({ epoch } = await store.read([]));
  });
  beforeEach(async () => {
    ann = await app.connected(tokenOf('ann'), PROTOCOL);
    await ann.ask('jobs:subscribe:user');
    [job, other] = [await jobOf('ann'), await jobOf('ann')];
    await ann.settled();
    ann.clear();
    // as after a quiet interval
    app.app.get(FrameFlush).stop();
  });
  afterEach(() => ann.socket.disconnect());
  afterAll(() => app.stop());

  const jobOf = async (userId: string): Promise<Job> => {
    const id = await app.job(userId);
    const { records } = await store.read([id]);
    return records.get(id)?.job ?? assert.fail('There is no such job.');
  };
  /** What a batch of the store says. */
  const hear = (...events: JobEvent[]) => store.tell({ epoch, position: 'p', events });
  const at = (version: number, of: Job = job): Job => ({
    ...of,
    status: 'processing',
    version,
    progress: { current: version, total: 100, percentage: version, message: `Page ${version}\nof "100"` },
  });
  const started = (version: number, of?: Job): JobEvent => ({ kind: 'started', job: at(version, of) });
  const progress = (version: number, of?: Job): JobEvent => ({ kind: 'progress', job: at(version, of) });
  const completed = (version: number, of?: Job): JobEvent => ({ kind: 'completed', job: { ...at(version, of), status: 'completed' } });
  const frames = (client: Client) => {
    const theirs = client.received.filter(({ name }) => name === 'jobs:frame');
    return theirs.map(({ payload }) => linesOf(payload).map(({ id, version }) => `${id} ${version}`));
  };

  it('begin at once after a quiet interval, then come together, with the newest of each job', async () => {
    hear(started(2));
    await ann.next('jobs:frame');
    hear(progress(3), progress(4), started(2, other));
    hear(progress(5));
    await ann.ask('job:unsubscribe', { jobId: 'nothing' });
    expect(ann.events).toEqual(['jobs:frame 2']);
    await ann.settled();
    expect(frames(ann)).toEqual([[`${job.id} 2`], [`${job.id} 5`, `${other.id} 2`]]);
  });

  it('tell all of the light state that can change without a single event', async () => {
    hear(progress(7));
    const frame = await ann.next('jobs:frame');
    const { id, version, status, attempt, bodyVersion, updatedAt, progress: shown } = at(7);
    expect(frame.epoch).toBe(epoch);
    expect(linesOf(frame)).toEqual([{ id, version, status, attempt, bodyVersion, updatedAt, progress: shown }]);
  });

  it('are neither waited for by the end of a job nor follow it with something older', async () => {
    hear(started(2));
    hear(progress(3), progress(2, other));
    hear(completed(4));
    expect(await ann.next('job:completed')).toMatchObject({ job: { version: 4 } });
    await ann.settled();
    expect(ann.events).toEqual(['jobs:frame 2', 'job:completed 4', 'jobs:frame 2']);
  });

  it.each<[string, string, () => JobEvent]>([
    ['a new job', 'job:created', () => ({ kind: 'created', job: at(3) })],
    ['a failed job', 'job:failed', () => ({ kind: 'failed', job: at(3) })],
    ['a cancelled job', 'job:status', () => ({ kind: 'cancelled', job: at(3) })],
    ['another body', 'job:status', () => ({ kind: 'edited', job: { ...at(3), bodyVersion: 3 } })],
    ['a retry that takes away the result', 'job:status', () => ({ kind: 'retried', job: { ...at(3), bodyVersion: 3 } })],
    ['a removal', 'job:removed', () => ({ kind: 'removed', id: job.id, userId: job.userId, version: 3 })],
  ])('leave %s to a single event, which comes at once', async (_, name, event) => {
    hear(started(2, other));
    hear(progress(2), event());
    await ann.next(name);
    await ann.settled();
    expect(ann.events).toEqual(['jobs:frame 2', `${name} 3`]);
  });

  it('[E2] tell a socket once, in however many rooms of the job it is', async () => {
    const admin = await app.connected(adminToken('ann'), PROTOCOL);
    for (const client of [ann, admin]) {
      await client.ask('job:subscribe', { jobId: job.id });
      await client.ask('jobs:subscribe:user');
    }
    await admin.ask('jobs:subscribe:all');
    hear(started(2));
    hear(progress(3), progress(3, other));
    await Promise.all([ann, admin].map((client) => client.settled()));
    for (const client of [ann, admin]) expect(client.events).toEqual(['jobs:frame 2', 'jobs:frame 3', 'jobs:frame 3']);
    await admin.ask('jobs:unsubscribe:all');
    await admin.ask('jobs:unsubscribe:user');
    admin.clear();
    hear(progress(4), progress(4, other));
    await admin.settled();
    expect(frames(admin)).toEqual([[`${job.id} 4`]]);
  });

  it('are joined for each who watches single jobs, and shared by those who watch the same', async () => {
    policy.guests.add('guest');
    const theirs = await jobOf('ben');
    const [one, same, both] = await Promise.all([1, 2, 3].map(() => app.connected(tokenOf('guest'), PROTOCOL)));
    assert(one && same && both);
    for (const client of [one, same, both]) await client.ask('job:subscribe', { jobId: job.id });
    await both.ask('job:subscribe', { jobId: theirs.id });
    hear(started(2), started(2, other), started(2, theirs));
    await Promise.all([one, same, both, ann].map((client) => client.settled()));
    expect(frames(one)).toEqual([[`${job.id} 2`]]);
    expect(frames(same)).toEqual([[`${job.id} 2`]]);
    expect(frames(both)).toEqual([[`${job.id} 2`, `${theirs.id} 2`]]);
    expect(frames(ann)).toEqual([[`${job.id} 2`, `${other.id} 2`]]);
  });

  it('[S7] bring nobody the lines of another, though both look alike by their sign', async () => {
    const jobs = await Promise.all(Array.from({ length: 64 }, () => jobOf('ann')));
    const watched = [
      [0, 63],
      [1, 32],
    ] as const;
    const idsOf = (places: readonly number[]) => places.map((place) => `${jobs[place]?.id} 2`);
    policy.guests.add('guest');
    const guests = await Promise.all(watched.map(() => app.connected(tokenOf('guest'), PROTOCOL)));
    for (const [index, guest] of guests.entries())
      for (const place of watched[index] ?? []) await guest.ask('job:subscribe', { jobId: jobs[place]?.id });
    app.app.get(FrameFlush).stop();
    hear(started(2, other));
    hear(...jobs.map((each) => started(2, each)));
    await Promise.all(guests.map((guest) => guest.settled()));
    expect(guests.map(frames)).toEqual(watched.map((places) => [idsOf(places)]));
  });

  it('[E3] are nothing for plain clients, which get every change by itself beside them', async () => {
    const plain = await app.connected(tokenOf('ann'));
    await plain.ask('jobs:subscribe:user');
    await plain.ask('job:subscribe', { jobId: job.id });
    plain.clear();
    hear({ kind: 'started', job: { ...at(2), progress: null } });
    hear(progress(3), progress(4), { kind: 'requeued', job: at(5), reason: 'retrying' }, completed(6));
    await Promise.all([plain, ann].map((client) => client.settled()));
    expect(plain.events).toEqual(['job:status 2', 'job:progress 3', 'job:progress 4', 'job:status 5', 'job:completed 6']);
    expect(ann.events).toEqual(['jobs:frame 2', 'job:completed 6']);
    plain.clear();
    await plain.ask('jobs:unsubscribe:user');
    await plain.ask('job:unsubscribe', { jobId: job.id });
    hear(progress(7));
    await plain.settled();
    expect(plain.events).toEqual([]);
  });

  it('can be read by whoever joins late', async () => {
    hear(started(2), progress(3));
    const late = await app.connected(tokenOf('ann'), PROTOCOL);
    await late.ask('jobs:sync', { epoch: null, jobs: { [job.id]: 0 } });
    hear(progress(4));
    await late.settled();
    expect(frames(late)).toEqual([[`${job.id} 4`]]);
  });

  it('[S7] bring nothing of what waited to whoever may not see it any more', async () => {
    policy.guests.add('guest');
    const guest = await app.connected(tokenOf('guest'), PROTOCOL);
    await guest.ask('job:subscribe', { jobId: job.id });
    hear(started(2));
    await guest.next('jobs:frame');
    guest.clear();
    hear(progress(3));
    policy.guests.delete('guest');
    const reading = store.hold();
    await app.access.revoke('guest', job.id);
    app.sendFrames();
    hear(progress(4));
    app.sendFrames();
    reading.release();
    await guest.next('job:removed');
    await guest.settled();
    expect(guest.events.filter((event) => event.startsWith('jobs:frame'))).toEqual([]);
    await ann.settled();
    expect(ann.events).toEqual(['jobs:frame 2', 'jobs:frame 3', 'jobs:frame 4']);
  });

  it('[E1] bring nothing of what waited to the former owner, nor anything that is gone', async () => {
    hear(started(2));
    hear(progress(3), { kind: 'edited', job: { ...at(4), userId: 'ben' }, previousUserId: 'ann' });
    hear(progress(3, other), { kind: 'removed', id: other.id, userId: 'ann', version: 4 });
    await ann.settled();
    expect(ann.events).toEqual(['jobs:frame 2', 'job:removed 4', 'job:removed 4']);
  });

  it('[R7] leave behind what waited when another epoch begins', async () => {
    hear(started(2));
    hear(progress(9), progress(9, other));
    const next = { epoch: 'the next one', position: 'p' };
    store.tell({ ...next, events: [] });
    await ann.next('session:lagged');
    store.tell({ ...next, events: [progress(3)] });
    await ann.settled();
    expect(ann.events).toEqual(['jobs:frame 2', 'jobs:frame 3']);
    expect(ann.received.at(-1)?.payload.epoch).toBe('the next one');
  });

  it('[F1] go on after a job that could not be told', async () => {
    const broken = { ...at(2), updatedAt: { toString: () => assert.fail('This job cannot be told.') } };
    hear({ kind: 'progress', job: broken as never }, progress(2, other));
    hear(progress(3));
    await ann.settled();
    expect(frames(ann)).toEqual([[`${other.id} 2`], [`${job.id} 3`]]);
  });
});

describe('[E4] compressed frames', () => {
  let app: SocketApp;
  beforeAll(async () => {
    app = await SocketApp.start({ gateway: { frames: { intervalMs, compress: 'all' } } });
  });
  afterAll(() => app.stop());

  it('are deflated for those who can inflate them and text for the others, who hear the same; short ones are text for all', async () => {
    const clients = await Promise.all([{ inflate: true }, {}].map((auth) => app.connected(adminToken('ann'), { ...PROTOCOL, ...auth })));
    const single = await app.connected(tokenOf('ann'), { ...PROTOCOL, inflate: true });
    const [inflating, plain] = clients;
    assert(inflating && plain);
    for (const client of clients) await client.ask('jobs:subscribe:all');
    const ids = await Promise.all(Array.from({ length: 40 }, () => app.job('ann')));
    for (const jobId of ids) await single.ask('job:subscribe', { jobId });
    for (const client of [...clients, single]) client.clear();
    app.app.get(FrameFlush).stop();
    for (const id of ids) await app.publisher.started(id);
    for (const client of [...clients, single]) await client.settled();
    const shapes = ({ received }: Client) => received.map(({ payload }) => ('deflated' in payload ? 'deflated' : 'text'));
    expect([inflating, single, plain].map(shapes)).toEqual([
      ['text', 'deflated'],
      ['text', 'deflated'],
      ['text', 'text'],
    ]);
    const [deflated, text] = [inflating.received.at(-1)?.payload.deflated, plain.received.at(-1)?.payload.jobs];
    expect(deflated.length).toBeLessThan(text.length);
    for (const client of [inflating, single]) expect(client.told).toEqual(plain.told);
    expect(plain.told.map(({ id }) => id)).toEqual(ids);
  });
});
