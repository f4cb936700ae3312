/** @jest-environment node */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { connect as connectTo, createServer as createWay, type AddressInfo, type Socket as NetSocket } from 'node:net';
import { ErrorHandler, Injector } from '@angular/core';
import { framedJobs, framedLine } from '@harmonia/contract';
import { deflateRawSync } from 'node:zlib';
import { Subject, firstValueFrom, type Subscription } from 'rxjs';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import { aJob, atPercent } from '../jobs/job.fixture';
import { receivedJob } from '../jobs/received-job';
import { ConnectionEnd } from './connection-end';
import { GATEWAY_ADDRESS, gatewayAddress, type GatewayOptions } from './gateway-address';
import { fetchSocketIo, RealtimeSocket, SOCKET_IO } from './realtime-socket';
import type { SocketMessage } from './socket-message';

const SESSION = { user: { id: 'ada', roles: [] }, epoch: 'epoch-1', expiresAt: null };

/** A server that does what the test says, on a port of its own, in a namespace and path of its own. */
async function aServer(options: Partial<ServerOptions> = {}) {
  const http = createServer();
  const server = new Server(http, { path: '/live', transports: ['websocket'], ...options });
  const jobs = server.of('/jobs');
  const accepted = new Subject<Socket>();
  jobs.on('connection', (socket) => {
    socket.emit('authenticated', SESSION);
    accepted.next(socket);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return { jobs, accepted: () => firstValueFrom(accepted), port, url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

/** A way to a server that can swallow everything without closing a connection. */
async function aWayTo(port: number) {
  const ends: NetSocket[] = [];
  const way = createWay((near) => {
    const far = connectTo(port, '127.0.0.1');
    near.pipe(far).pipe(near);
    ends.push(near, far);
  });
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve));
  const address = way.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${address.port}`,
    swallow: () => ends.forEach((end) => end.unpipe().resume()),
    close: () => {
      ends.forEach((end) => end.destroy());
      way.close();
    },
  };
}

/** A box on the way that lets a websocket open, and closes it before it has said anything. */
async function aDoorThatShuts() {
  const http = createServer().on('upgrade', ({ headers }, socket) => {
    const accept = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.end(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => http.close() };
}

describe('RealtimeSocket', () => {
  let server: Awaited<ReturnType<typeof aServer>>;
  let socket: RealtimeSocket;
  let connection: Subscription | undefined;
  const errors: unknown[] = [];

  beforeEach(async () => {
    server = await aServer();
    errors.length = 0;
    socket = aSocketTo(server.url);
  });

  // No TestBed: there is no document here, since a real server needs Node.
  const aSocketTo = (url: string, options: GatewayOptions = {}, fetch = fetchSocketIo) =>
    Injector.create({
      providers: [
        { provide: RealtimeSocket },
        { provide: GATEWAY_ADDRESS, useValue: gatewayAddress({ url, namespace: '/jobs', path: '/live', ...options }) },
        { provide: SOCKET_IO, useValue: fetch },
        { provide: ErrorHandler, useValue: { handleError: (error: unknown) => errors.push(error) } },
      ],
    }).get(RealtimeSocket);

  afterEach(async () => {
    connection?.unsubscribe();
    await server.close();
  });

  /** Connects; `next` resolves with the messages in their order, rejects with the end. */
  function connect(token = 'token-1') {
    const messages: SocketMessage[] = [];
    const arrived = new Subject<void>();
    let end: unknown = null;
    connection = socket.connect(token).subscribe({
      next: (message) => (messages.push(message), arrived.next()),
      error: (error: unknown) => ((end = error), arrived.next()),
    });
    const until = async (condition: () => boolean) => {
      while (!condition()) await firstValueFrom(arrived);
    };
    return {
      messages: async (count: number) => (await until(() => messages.length >= count), messages),
      end: async () => (await until(() => end !== null), end),
    };
  }

  async function connected() {
    const accepted = server.accepted();
    const client = connect();
    const peer = await accepted;
    await client.messages(1);
    return { ...client, peer };
  }

  it('[E3] offers the token and its protocol in the handshake, and says who it is [E5]', async () => {
    const { peer, messages } = await connected();
    expect(peer.handshake.auth).toEqual({ token: 'token-1', protocol: 1, inflate: true });
    expect(await messages(1)).toEqual([{ kind: 'authenticated', session: SESSION }]);
  });

  it('[E1] hands on parsed events in their order', async () => {
    const { peer, messages } = await connected();
    peer.emit('job:created', { epoch: 'epoch-1', job: aJob() });
    peer.emit('job:removed', { epoch: 'epoch-1', id: 'job-1', version: 2 });
    expect((await messages(3)).slice(1)).toEqual([
      { kind: 'news', news: { epoch: 'epoch-1', jobs: [receivedJob(aJob())], removed: [] } },
      { kind: 'news', news: { epoch: 'epoch-1', jobs: [], removed: [{ id: 'job-1', version: 2 }] } },
    ]);
  });

  it('drops and reports what it does not understand, and goes on', async () => {
    const { peer, messages } = await connected();
    peer.emit('job:status', { id: 'job-1', status: 'sleeping' });
    peer.emit('job:removed', { epoch: 'epoch-1', id: 'job-1', version: 2 });
    expect(await messages(2)).toHaveLength(2);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(/"job:status" was dropped/) })]);
  });

  it('[E4] hands on frames, and says of one that it cannot read that something is missing', async () => {
    const { peer, messages } = await connected();
    const at = Date.parse(aJob().updatedAt);
    peer.emit('jobs:frame', { epoch: 'epoch-1', at, jobs: framedLine(aJob({ version: 4 }), at) });
    peer.emit('jobs:frame', { epoch: 'epoch-1', at, jobs: 'job-1 4 of something else' });
    const { id, status, progress, attempt, bodyVersion, updatedAt } = aJob();
    expect((await messages(3)).slice(1)).toEqual([
      { kind: 'frame', frame: { epoch: 'epoch-1', jobs: [{ id, status, progress, attempt, version: 4, bodyVersion, updatedAt }] } },
      { kind: 'gap' },
    ]);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(/"jobs:frame" was dropped/) })]);
  });

  it('[E4] inflates frames that come deflated, and says of what is not that something is missing', async () => {
    const { peer, messages } = await connected();
    const at = Date.parse(aJob().updatedAt);
    const lines = [4, 5].map((version) => framedLine(aJob({ version, progress: atPercent(version, 'Zeile ü\n') }), at)).join('\n');
    peer.emit('jobs:frame', { epoch: 'epoch-1', at, deflated: deflateRawSync(lines).toString('base64') });
    expect((await messages(2)).at(-1)).toEqual({ kind: 'frame', frame: { epoch: 'epoch-1', jobs: framedJobs(lines, at) } });
    peer.emit('jobs:frame', { epoch: 'epoch-1', at, deflated: btoa('not deflated') });
    peer.emit('jobs:frame', { epoch: 'epoch-1', at, deflated: 'no base64!' });
    expect((await messages(4)).slice(2)).toEqual([{ kind: 'gap' }, { kind: 'gap' }]);
    peer.emit('jobs:frame', { epoch: 'epoch-1', at, deflated: deflateRawSync('job-1 4 of something else').toString('base64') });
    expect((await messages(5)).at(-1)).toEqual({ kind: 'gap' });
    expect(errors).toHaveLength(3);
  });

  it('[E4] says that it can inflate only where it can', async () => {
    const { DecompressionStream } = globalThis;
    Reflect.deleteProperty(globalThis, 'DecompressionStream');
    try {
      const { peer } = await connected();
      expect(peer.handshake.auth).toEqual({ token: 'token-1', protocol: 1 });
    } finally {
      Object.assign(globalThis, { DecompressionStream });
    }
  });

  it('[L1] sends ten syncs at once, and the next a tenth of a second later', async () => {
    const { peer } = await connected();
    const began = performance.now();
    const times: number[] = [];
    peer.on('jobs:sync', (_, answer) => {
      times.push(performance.now() - began);
      answer({ ok: true, data: { epoch: 'epoch-1', jobs: [], removed: [] } });
    });
    await Promise.all(Array.from({ length: 11 }, () => socket.sync({ epoch: null, jobs: {} })));
    expect(times).toHaveLength(11);
    expect((times[10] ?? 0) - (times[9] ?? 0)).toBeGreaterThan(40);
  });

  it('[P2, P3, M2] hands on who is there and what people are told, and [M1] events of the application', async () => {
    const { peer, messages } = await connected();
    const since = '2026-03-01T10:00:00.000Z';
    const viewers = { jobId: 'job-1', viewers: [{ userId: 'ada', since }], count: 1 };
    const frame = { at: since, online: [], offline: ['ben'], count: 1 };
    const said = { id: 'a', title: null, message: 'Ready.', level: 'info', at: since };
    peer.emit('job:viewers', viewers);
    peer.emit('presence:frame', frame);
    peer.emit('notification', said);
    peer.emit('announcement', said);
    peer.emit('a:later:protocol', { id: 'job-1' });
    peer.emit('analysis:started', { interviewId: 'may', timestamp: since });
    peer.emit('job:viewers', { ...viewers, count: -1 });
    peer.emit('job:viewers', { ...viewers, jobId: 'job-2' });
    expect((await messages(7)).slice(1)).toEqual([
      { kind: 'viewers', viewers },
      { kind: 'online', frame },
      { kind: 'notification', notification: { ...said, audience: 'notification' } },
      { kind: 'notification', notification: { ...said, audience: 'announcement' } },
      { kind: 'own', event: { name: 'analysis:started', payload: { interviewId: 'may', timestamp: since } } },
      { kind: 'viewers', viewers: { ...viewers, jobId: 'job-2' } },
    ]);
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringMatching(/"job:viewers" was dropped/) })]);
  });

  it('[S6] is told that the session ends soon, and offers a newer token', async () => {
    const { peer, messages } = await connected();
    peer.on('auth:refresh', ({ token }, answer) =>
      answer(token === 'token-2' ? { ok: true, data: SESSION } : { ok: false, error: { code: 'token-invalid', message: 'No.' } }),
    );
    peer.emit('session:expiring', { expiresAt: '2026-03-01T10:00:00.000Z' });
    expect((await messages(2)).at(-1)).toEqual({ kind: 'expiring' });
    expect(await firstValueFrom(socket.refresh('token-2'))).toEqual(SESSION);
    await expect(firstValueFrom(socket.refresh('token-3'))).rejects.toMatchObject({ code: 'token-invalid' });
  });

  it('[P2] takes answers and events of presence in the order in which they were sent', async () => {
    const { peer, messages } = await connected();
    const watched = (count: number) => ({ jobId: 'job-1', viewers: [], count });
    peer.once('presence:watch', (_, answer) => {
      answer({ ok: true, data: { epoch: 'epoch-1', ...watched(1) } });
      peer.emit('job:viewers', watched(2));
    });
    const heard = await messages(1);
    const before = await new Promise((resolve) => socket.watchViewers('job-1').subscribe(() => resolve(heard.length)));
    expect(before).toBe(1);
    expect((await messages(2)).at(-1)).toEqual({ kind: 'viewers', viewers: watched(2) });
  });

  it('[P3] asks who is online, and ends what it asked', async () => {
    const { peer } = await connected();
    const heard: unknown[] = [];
    const since = '2026-03-01T10:00:00.000Z';
    peer.on('presence:watch:all', (_, answer) =>
      answer({ ok: true, data: { epoch: 'epoch-1', users: [{ userId: 'ada', since }], count: 1 } }),
    );
    peer.on('presence:unwatch', (watch, answer) => answer({ ok: true, data: heard.push(watch) }));
    peer.on('presence:unwatch:all', (_, answer) => answer({ ok: true, data: heard.push('all') }));
    expect(await firstValueFrom(socket.watchOnlineUsers())).toMatchObject({ users: [{ userId: 'ada' }], count: 1 });
    await firstValueFrom(socket.unwatchViewers('job-1'));
    await firstValueFrom(socket.unwatchOnlineUsers());
    expect(heard).toEqual([{ jobId: 'job-1' }, 'all']);
    peer
      .removeAllListeners('presence:watch:all')
      .on('presence:watch:all', (_, answer) => answer({ ok: false, error: { code: 'forbidden', message: 'No.' } }));
    await expect(firstValueFrom(socket.watchOnlineUsers())).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('[S5] asks and parses the answer', async () => {
    const { peer } = await connected();
    const declared = { epoch: null, jobs: { 'job-1': 0 } };
    peer.once('jobs:sync', (sync, answer) => answer({ ok: true, data: { epoch: 'epoch-1', jobs: [aJob()], removed: [], heard: sync } }));
    expect(await socket.sync(declared)).toEqual({ epoch: 'epoch-1', jobs: [aJob()], removed: [] });
  });

  it('hands on a refusal with its code', async () => {
    const { peer } = await connected();
    peer.once('jobs:sync', (_, answer) => answer({ ok: false, error: { code: 'unavailable', message: 'Later.', retryAfterMs: 9 } }));
    await expect(socket.sync({ epoch: null, jobs: {} })).rejects.toMatchObject({ code: 'unavailable', message: 'Later.', retryAfterMs: 9 });
  });

  it('refuses an answer that the contract does not know', async () => {
    const { peer } = await connected();
    peer.once('jobs:sync', (_, answer) => answer({ ok: true, data: { epoch: 7 } }));
    await expect(socket.sync({ epoch: null, jobs: {} })).rejects.toMatchObject({ code: 'internal-error' });
  });

  it('[L2] says at once that a mark has arrived, and that it missed something when it lagged', async () => {
    const { peer, messages } = await connected();
    await expect(peer.timeout(1000).emitWithAck('session:mark')).resolves.toBeUndefined();
    peer.emit('session:lagged');
    expect(await messages(2)).toContainEqual({ kind: 'gap' });
  });

  it('[C9] refuses a request that is not answered: timeout; nothing is sent while not connected', async () => {
    await expect(socket.sync({ epoch: null, jobs: {} })).rejects.toMatchObject({ code: 'unavailable' });
    const { peer } = await connected();
    peer.once('jobs:sync', () => peer.conn.close());
    await expect(socket.sync({ epoch: null, jobs: {} })).rejects.toMatchObject({ code: 'timeout' });
  });

  it('[E5] ends with the code of a refused handshake', async () => {
    server.jobs.use((_, next) => next(Object.assign(new Error('no'), { data: { code: 'token-expired', message: 'Too late.' } })));
    const end = await connect().end();
    expect(end).toBeInstanceOf(ConnectionEnd);
    expect(end).toMatchObject({ reason: 'token-expired', message: 'Too late.', remedy: 'new-token' });
  });

  it('[E5] ends with the code that the server closed with, else as cut off', async () => {
    const { peer, end } = await connected();
    peer.emit('session:closing', { code: 'server-stopping', retryAfterMs: 1500 });
    peer.conn.close();
    expect(await end()).toMatchObject({ reason: 'server-stopping', retryAfterMs: 1500, remedy: 'retry' });
    connection?.unsubscribe();
    const second = await connected();
    second.peer.disconnect(true);
    expect(await second.end()).toMatchObject({ reason: 'cut-off', refusal: null });
  });

  it('ends as unreachable when there is no server', async () => {
    await server.close();
    expect(await connect().end()).toMatchObject({ reason: 'unreachable', remedy: 'retry' });
  });

  it('[C7] notices at once that the websocket closed before the server was heard', async () => {
    const door = await aDoorThatShuts();
    socket = aSocketTo(door.url);
    expect(await connect().end()).toMatchObject({ reason: 'unreachable', remedy: 'retry' });
    door.close();
  });

  it('[C7] notices at once that a server stopped before it let it in', async () => {
    server.jobs.use((peer) => peer.conn.close());
    expect(await connect().end()).toMatchObject({ reason: 'unreachable', remedy: 'retry' });
  });

  it('[C7] ends as unreachable when the code that connects cannot be fetched, and fetches it again for the next try', async () => {
    let fetched = 0;
    socket = aSocketTo(server.url, {}, () => (++fetched === 1 ? Promise.reject(new TypeError('Failed to fetch')) : fetchSocketIo()));
    expect(await connect().end()).toMatchObject({ reason: 'unreachable', remedy: 'retry' });
    await connected();
    expect(fetched).toBe(2);
  });

  it('makes no connection when nobody waits for it any more once its code is there', async () => {
    let arrive: (module: Awaited<ReturnType<typeof fetchSocketIo>>) => void = () => undefined;
    socket = aSocketTo(server.url, {}, () => new Promise((resolve) => (arrive = resolve)));
    let made = 0;
    server.jobs.on('connection', () => made++);
    connect();
    connection?.unsubscribe();
    arrive(await fetchSocketIo());
    socket = aSocketTo(server.url);
    await connected();
    expect(made).toBe(1);
  });

  it('[C7] notices that nothing comes any more when the server’s pings stay away', async () => {
    const pinging = await aServer({ pingInterval: 100, pingTimeout: 50 });
    const way = await aWayTo(pinging.port);
    socket = aSocketTo(way.url);
    const client = connect();
    await client.messages(1);
    way.swallow();
    expect(await client.end()).toMatchObject({ reason: 'cut-off', remedy: 'retry' });
    way.close();
    await pinging.close();
  });

  it.each<[string, GatewayOptions]>([
    ['websocket', {}],
    ['polling', { transports: ['polling'] }],
    ['polling', { transports: ['websocket', 'polling'] }],
  ])('connects by %s when told %j', async (transport, options) => {
    const pollable = await aServer({ transports: options.transports ? ['polling'] : ['websocket'] });
    socket = aSocketTo(pollable.url, options);
    const accepted = pollable.accepted();
    await connect().messages(1);
    expect((await accepted).conn.transport.name).toBe(transport);
    connection?.unsubscribe();
    await pollable.close();
  });

  it('disconnects when nobody listens any more', async () => {
    const { peer } = await connected();
    const gone = new Promise((resolve) => peer.once('disconnect', resolve));
    connection?.unsubscribe();
    expect(await gone).toBe('client namespace disconnect');
    await expect(socket.sync({ epoch: null, jobs: {} })).rejects.toMatchObject({ code: 'unavailable' });
  });
});
