import { REFUSALS } from '@harmonia/contract';
import { Watchers } from '../jobs/watchers.js';
import { SocketApp, tokenOf, type Client, type Loose } from '../socket-app.suite.js';

const PROTOCOL = { protocol: 1 };
const codeOf = (answer: Loose): string => (answer.ok ? 'ok' : answer.error.code);

describe('what one client may have', () => {
  let app: SocketApp;
  beforeAll(async () => {
    app = await SocketApp.start({ gateway: { limits: {} } });
  });
  afterAll(() => app.stop());

  const rooms = (client: Client) => app.app.get(Watchers).all.find(({ id }) => id === client.socket.id)?.rooms ?? [];

  it('[L1, G11] is 40 requests at once, refused beyond it with the time until the next one, which is answered', async () => {
    const ann = await app.connected(tokenOf('ann'), PROTOCOL);
    const answers: Loose[] = await Promise.all(Array.from({ length: 60 }, () => ann.ask('job:unsubscribe', { jobId: 'any' })));
    expect(answers.slice(0, 40).map(codeOf)).toEqual(answers.slice(0, 40).map(() => 'ok'));
    const refused = answers.filter(({ ok }) => !ok);
    expect(refused.length).toBeGreaterThanOrEqual(15);
    expect(refused[0]).toMatchObject({ error: { code: 'rate-limited', message: REFUSALS['rate-limited'].cure } });
    const wait = refused.at(-1).error.retryAfterMs;
    expect(wait).toBeGreaterThan(500);
    await new Promise((resolve) => setTimeout(resolve, wait));
    expect(codeOf(await ann.ask('job:unsubscribe', { jobId: 'any' }))).toBe('ok');
    expect(ann.socket.connected).toBe(true);
  });

  it('[L1] tells a client that wants no answer of it, too', async () => {
    const ann = await app.connected(tokenOf('ann'));
    for (let count = 0; count < 45; count++) ann.say('job:unsubscribe', { jobId: `job-${count}` });
    expect(await ann.next('exception')).toMatchObject({ code: 'rate-limited', verb: 'job:unsubscribe', retryAfterMs: expect.any(Number) });
  });

  it('[L1, G11] closes whoever goes on as if nothing had been said, and nobody else notices', async () => {
    const [flood, ann] = [await app.connected(tokenOf('flood')), await app.connected(tokenOf('ann'))];
    const floods = setInterval(() => {
      for (let count = 0; count < 50; count++) flood.say('job:unsubscribe', { jobId: 'any' });
    }, 1);
    const closing = await flood.next('session:closing');
    clearInterval(floods);
    expect(closing).toEqual({ code: 'rate-limited', retryAfterMs: 10_000 });
    await flood.next('disconnect');
    expect(codeOf(await ann.ask('jobs:subscribe:user'))).toBe('ok');
  });

  it('[L1] is 16 KB a request, answered when it is more, and the connection stays', async () => {
    const ann = await app.connected(tokenOf('ann'), PROTOCOL);
    expect(codeOf(await ann.ask('job:subscribe', { jobId: 'x', more: 'y'.repeat(17_000) }))).toBe('payload-too-large');
    expect(codeOf(await ann.ask('job:subscribe', { jobId: 'x', more: Array.from({ length: 5000 }, () => 1) }))).toBe('payload-too-large');
    expect(codeOf(await ann.ask('job:subscribe', { jobId: 'x', more: Buffer.alloc(17_000) }))).toBe('payload-too-large');
    const counted = { byteLength: -1e9, more: 'y'.repeat(17_000) };
    for (const more of [counted, { ...counted, byteLength: 'none' }])
      expect(codeOf(await ann.ask('job:subscribe', { jobId: 'x', more }))).toBe('payload-too-large');
    expect(codeOf(await ann.ask('job:subscribe', { jobId: 'x', more: 'y'.repeat(16_000) }))).toBe('job-not-found');
    expect(codeOf(await ann.ask('jobs:sync', { epoch: null, jobs: {}, more: 'y'.repeat(17_000) }))).toBe('ok');
  });

  it('[L1] reads however deep a request is', async () => {
    const ann = await app.connected(tokenOf('ann'), PROTOCOL);
    const deep = '['.repeat(12_000) + ']'.repeat(12_000);
    // the client would not write it
    for (const payload of [`{"jobId":"x","deep":${deep}}`, deep]) ann.socket.io.engine.write(`2["job:subscribe",${payload}]`);
    expect(await ann.next('exception')).toMatchObject({ code: 'job-not-found' });
    expect(await ann.next('exception', ({ code }) => code === 'payload-invalid')).not.toHaveProperty('jobId');
    expect(await ann.ask('job:unsubscribe', { jobId: 'x' })).toMatchObject({ ok: true });
  });

  it('[L1] ends a connection whose message is larger than anything', async () => {
    const ann = await app.connected(tokenOf('ann'), PROTOCOL);
    ann.say('jobs:sync', { epoch: null, jobs: {}, more: 'y'.repeat(40_000) });
    expect(await ann.next('disconnect')).toMatch(/transport/);
  });

  it('[L1] takes in a sync of 200 jobs with the longest ids', async () => {
    const ann = await app.connected(tokenOf('ann'), PROTOCOL);
    const jobs = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`${index}`.padEnd(128, 'x'), 2 ** 31]));
    const answer = await ann.ask('jobs:sync', { epoch: 'e'.repeat(128), jobs, user: 'c'.repeat(512) });
    expect(codeOf(answer)).toBe('ok');
    expect(answer.data.removed).toHaveLength(200);
  });

  it('[L1, G11] is 20 sockets a user, of which the oldest gives way and is told why', async () => {
    const sockets: Client[] = [];
    for (let count = 0; count < 20; count++) sockets.push(await app.connected(tokenOf('many')));
    const other = await app.connected(tokenOf('other'));
    const [newest] = [await app.connected(tokenOf('many'))];
    const [oldest, second] = sockets;
    expect(await oldest?.next('session:closing')).toEqual({ code: 'too-many-connections', retryAfterMs: 0 });
    await oldest?.next('disconnect');
    expect([second, newest, other].map((client) => client?.socket.connected)).toEqual([true, true, true]);
    second?.socket.disconnect();
    await app.connected(tokenOf('many'));
    expect(sockets[2]?.received.map(({ name }) => name)).not.toContain('session:closing');
  });

  it('[L1, C7] tells a client for good that newer ones took its place', () =>
    expect(REFUSALS['too-many-connections'].remedy).toBe('final'));

  it('[S3] leaves nothing of who gave way in the rooms', async () => {
    const id = await app.job('roomy');
    const first = await app.connected(tokenOf('roomy'));
    await first.ask('job:subscribe', { jobId: id });
    expect(rooms(first)).toContain(`job:${id}`);
    for (let count = 0; count < 20; count++) await app.connected(tokenOf('roomy'));
    await first.next('disconnect');
    expect(app.gateway.server?.adapter.rooms.has(`job:${id}`)).toBe(false);
  });
});

describe('how many jobs one client may watch', () => {
  let app: SocketApp;
  beforeAll(async () => {
    app = await SocketApp.start({ gateway: { limits: { watchesPerSocket: 5, eventsPerSecond: 1000, burst: 1000 } } });
  });
  afterAll(() => app.stop());

  it('[L1, G11] is as many as the options say, by name or in a sync, and one that is left makes room', async () => {
    const ids = await Promise.all(Array.from({ length: 7 }, (_, index) => app.job('ann', `w-${index}`)));
    const ann = await app.connected(tokenOf('ann'));
    const answers = await Promise.all(ids.map((jobId) => ann.ask('job:subscribe', { jobId })));
    expect(answers.map(codeOf)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'too-many-watches', 'too-many-watches']);
    expect(codeOf(await ann.ask('job:subscribe', { jobId: ids[0] }))).toBe('ok');
    expect(codeOf(await ann.ask('jobs:subscribe:user'))).toBe('ok');
    await ann.ask('job:unsubscribe', { jobId: ids[1] });
    expect(codeOf(await ann.ask('job:subscribe', { jobId: ids[6] }))).toBe('ok');
    const declared = Object.fromEntries(ids.map((id) => [id, 0]));
    expect(codeOf(await ann.ask('jobs:sync', { epoch: null, jobs: declared }))).toBe('too-many-watches');
  });

  it('[L1] bounds one socket that asks for 300,000 rooms', async () => {
    const ann = await app.connected(tokenOf('ben'), PROTOCOL);
    await app.job('ben', 'his');
    let asked = 0;
    while (asked < 300_000 && ann.socket.connected) {
      for (let count = 0; count < 500; count++) ann.say('job:subscribe', { jobId: count === 0 ? 'his' : `room-${asked++}` });
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ann.next('disconnect');
    expect(asked).toBeLessThan(300_000);
    expect(app.gateway.server?.adapter.rooms.size).toBeLessThan(20);
  });
});
