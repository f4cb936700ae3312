import { itWithRedis, RedisServer } from '@harmonia/test-processes';
import { once } from 'node:events';
import { connect } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import { BuiltGateway, type GatewayProcess } from './testing/built-gateway.suite.js';
import { json, Person } from './testing/running-gateway.suite.js';

jest.setTimeout(30_000);

const MOST_MS = 10_000;

describe('[G18] a server that is told to stop', () => {
  let built: BuiltGateway;
  beforeAll(async () => (built = await BuiltGateway.build()), 30_000);
  afterAll(() => built.remove());

  const start = async (environment = {}) => {
    const gateway = built.run({ DEMO_AUTH: 'true', ...environment });
    const url = await gateway.listening();
    const { token } = (await (await fetch(`${url}/api/auth/demo`, json({ user: 'ada' }))).json()) as { token: string };
    return { gateway, url, ada: new Person(url, token) };
  };
  const client = async (url: string, auth: object): Promise<Socket> => {
    const socket = io(url, { auth, transports: ['websocket'], forceNew: true, reconnection: false });
    await new Promise((resolve) => socket.once('authenticated', resolve));
    return socket;
  };
  /** Takes nothing from the wire any more. */
  const stopReading = ({ io: { engine } }: Socket) => {
    const webSocket: unknown = Reflect.get(engine.transport, 'ws');
    if (typeof webSocket === 'object' && webSocket !== null && 'pause' in webSocket && typeof webSocket.pause === 'function')
      webSocket.pause();
    else throw new Error('This client cannot stop reading.');
  };
  /** Whoever connects to the port and then says nothing, or not all. */
  const silent = async (url: string, words: string) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(words);
    return socket;
  };
  const stopped = async (gateway: GatewayProcess): Promise<number> => {
    const began = performance.now();
    expect(await gateway.stop('SIGTERM')).toBe(0);
    return performance.now() - began;
  };

  it('is not ready any more, tells clients when to come back, each at a time of its own, and ends in time with those that never read', async () => {
    const { gateway, url, ada } = await start({ DRAIN_MS: '1000' });
    const job = await ada.create('simulate', { steps: 1000, delayMs: 100 });
    const readers = await Promise.all(Array.from({ length: 8 }, () => client(url, { token: ada.token, protocol: 1 })));
    const words = readers.map(
      (socket) => new Promise<{ code: string; retryAfterMs: number }>((resolve) => socket.once('session:closing', resolve)),
    );
    const stuck = await Promise.all([client(url, { token: ada.token }), client(url, { token: ada.token, protocol: 1 })]);
    stuck.forEach(stopReading);
    await Promise.all(readers.map((socket) => socket.emitWithAck('jobs:subscribe:user')));
    const half = [
      '',
      'POST /api/jobs HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n',
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n',
    ];
    const strangers = await Promise.all(half.map((said) => silent(url, said)));
    while ((await ada.job(job.id)).status !== 'processing');
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);

    const ending = stopped(gateway);
    let ready = await fetch(`${url}/health/ready`);
    while (ready.ok) ready = await fetch(`${url}/health/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([503, { error: { process: { status: 'down' } } }]);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
    // those who are here are still told what happens
    await new Promise((resolve) => readers[0]?.once('jobs:frame', resolve));
    const said = await Promise.all(words);
    const late = io(url, { auth: { token: ada.token }, transports: ['websocket'], forceNew: true, reconnection: false });
    expect(await new Promise((resolve) => late.once('connect_error', resolve))).toBeInstanceOf(Error);
    expect(await ending).toBeLessThan(MOST_MS);

    expect(new Set(said.map(({ code }) => code))).toEqual(new Set(['server-stopping']));
    const waits = said.map(({ retryAfterMs }) => retryAfterMs);
    expect(new Set(waits).size).toBeGreaterThan(4);
    expect([Math.min(...waits) >= 0, Math.max(...waits) <= MOST_MS]).toEqual([true, true]);
    [...readers, ...stuck].forEach((socket) => socket.disconnect());
    strangers.forEach((socket) => socket.destroy());

    const next = await start({ RUN_JOBS: 'false' });
    expect(await next.ada.job(job.id)).toMatchObject({ status: 'queued', attempt: 2 });
    await stopped(next.gateway);
  });

  itWithRedis('hands back, as a worker, what it was doing', async () => {
    const redis = await RedisServer.start();
    const environment = { REDIS_URL: redis.url, RUN_JOBS: 'false' };
    const { gateway, ada } = await start(environment);
    const worker = built.run(environment, 'worker.js');
    await worker.says(/(Running up to)/);
    const job = await ada.create('simulate', { steps: 1000, delayMs: 100 });
    while ((await ada.job(job.id)).status !== 'processing');
    expect(await stopped(worker)).toBeLessThan(MOST_MS);
    expect(await ada.job(job.id)).toMatchObject({ status: 'queued', attempt: 2 });
    expect(await stopped(gateway)).toBeLessThan(MOST_MS);
    await redis.remove();
  });
});
