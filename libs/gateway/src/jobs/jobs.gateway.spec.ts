import { SqliteJobStore } from '@harmonia/job-engine';
import { HeldJobStore } from '../held-job-store.suite.js';
import { SocketApp, tokenOf, type Client } from '../socket-app.suite.js';
import type { JobsGateway } from './jobs.gateway.js';

describe('JobsGateway', () => {
  let app: SocketApp;
  let gateway: JobsGateway;
  let ann: Client;
  let id: string;
  beforeAll(async () => {
    app = await SocketApp.start();
    gateway = app.gateway;
    ann = await app.connected(tokenOf('ann'));
    await ann.ask('jobs:subscribe:user');
  });
  beforeEach(async () => {
    id = await app.job('ann');
    await ann.settled();
    ann.clear();
  });
  afterAll(() => app.stop());

  const last = async () => {
    await ann.settled();
    return ann.received.filter(({ name }) => name.startsWith('job:')).at(-1);
  };

  it.each([
    ['processing', 'job:status', { status: 'processing' }],
    ['cancelled', 'job:status', { status: 'cancelled' }],
    ['completed', 'job:completed', { job: { status: 'completed', result: null } }],
    ['failed', 'job:failed', { status: 'failed', error: 'The job failed.', code: 'failed' }],
  ])('[G16] emitJobStatus says %s', async (status, name, payload) => {
    await gateway.emitJobStatus(id, status);
    expect(await last()).toMatchObject({ name, payload });
  });

  it('[G16] emitJobStatus puts a job back into the queue', async () => {
    await gateway.emitJobStatus(id, 'processing');
    await gateway.emitJobStatus(id, 'queued');
    expect(await last()).toMatchObject({ name: 'job:status', payload: { id, status: 'queued', attempt: 2, reason: 'retrying' } });
  });

  it('[G16] emitJobProgress says how far it is; the store computes the percentage', async () => {
    await gateway.emitJobStatus(id, 'processing');
    await gateway.emitJobProgress(id, { current: 3, total: 12, percentage: 99, message: 'Page 3' } as never);
    expect(await last()).toMatchObject({
      name: 'job:progress',
      payload: { id, progress: { current: 3, total: 12, percentage: 25, message: 'Page 3' } },
    });
  });

  it('[G16] emitJobCompleted ends a job with its result', async () => {
    await gateway.emitJobCompleted({ id, userId: 'ann', status: 'completed', result: { outputPath: 'a.md' } });
    expect(await last()).toMatchObject({
      name: 'job:completed',
      payload: { job: { id, jobType: 'simulate', result: { outputPath: 'a.md' } } },
    });
  });

  it('[G16] emitJobFailed ends a job with a sentence', async () => {
    await gateway.emitJobFailed(id, 'ann', 'It did not work.');
    expect(await last()).toMatchObject({ name: 'job:failed', payload: { id, error: 'It did not work.' } });
  });

  it('[R12] creates an unknown job that ends, when it says whose it is', async () => {
    await gateway.emitJobCompleted({ id: 'unknown-1', userId: 'ann', result: 7 });
    await gateway.emitJobFailed('unknown-2', 'ann', 'No.');
    await ann.settled();
    expect(ann.received.map(({ name, payload }) => [name, payload.job?.id ?? payload.id])).toEqual([
      ['job:created', 'unknown-1'],
      ['job:completed', 'unknown-1'],
      ['job:created', 'unknown-2'],
      ['job:failed', 'unknown-2'],
    ]);
    expect(ann.received[1]?.payload.job).toMatchObject({ jobType: 'external', result: 7 });
  });

  it.each([
    ['an unknown job without owner', () => gateway.emitJobCompleted({ id: 'absent' }), 'job-unknown'],
    ['the status of an unknown job', () => gateway.emitJobStatus('absent', 'processing'), 'job-unknown'],
    ['a status that is none', () => gateway.emitJobStatus(id, 'sleeping'), 'payload-invalid'],
    ['a job without id', () => gateway.emitJobCompleted({ userId: 'ann' }), 'payload-invalid'],
    ['an id that is none', () => gateway.emitJobFailed('constructor', 'ann', 'No.'), 'payload-invalid'],
    ['requeuing what is queued', () => gateway.emitJobStatus(id, 'queued'), 'status-conflict'],
  ])('refuses %s', async (_, emit, code) => {
    await expect(emit()).rejects.toMatchObject({ code });
  });
});

describe('a server that stops', () => {
  it.each(['websocket', 'polling'])('[E5] says so over %s and closes the transport, so that the client comes back', async (transport) => {
    const app = await SocketApp.start();
    const ann = app.client({ token: tokenOf('ann') }, { transports: [transport] });
    await ann.next('authenticated');
    await app.app.close();
    await ann.next('disconnect');
    expect(ann.received.slice(2).map(({ name, payload }) => [name, payload])).toEqual([
      ['session:closing', { code: 'server-stopping', retryAfterMs: expect.any(Number) }],
      ['disconnect', 'transport close'],
    ]);
  });

  it('[G18] does not wait long for a client that does not listen', async () => {
    const app = await SocketApp.start();
    const connected = new Promise((resolve) => app.gateway.server?.once('connection', resolve));
    const polling = `${app.url}/socket.io/?EIO=4&transport=polling`;
    const { sid } = JSON.parse((await (await fetch(polling)).text()).slice(1));
    await fetch(`${polling}&sid=${sid}`, { method: 'POST', body: `40${JSON.stringify({ token: tokenOf('ann') })}` });
    await connected;
    const begun = performance.now();
    await app.stop();
    expect(performance.now() - begun).toBeLessThan(4000);
  });

  it('[E5] refuses whoever comes while it stops', async () => {
    const store = new HeldJobStore(SqliteJobStore.open({ directory: ':memory:' }));
    const stopping = store.holdUnfollow();
    const app = await SocketApp.start({ jobs: { store } });
    const closed = app.app.close();
    await stopping.taken;
    const { data } = await app.client({ token: tokenOf('ann') }).next('connect_error');
    stopping.release();
    await closed;
    expect(data).toMatchObject({ code: 'server-stopping' });
  });
});
