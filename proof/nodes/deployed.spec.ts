import type { Job } from '@harmonia/contract';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import { describeWithNginx } from './describe-with-nginx.ts';
import { Nodes } from './nodes.ts';

const heard = (socket: Socket, event: string): Promise<{ readonly job: Job }> => new Promise((resolve) => socket.once(event, resolve));

const UPLOAD_BYTES = 50 * 2 ** 20;

jest.setTimeout(60_000);

describeWithNginx('two gateways and two workers behind nginx', () => {
  let pages: string;
  let nodes: Nodes;
  let ca: string;
  let token: string;
  const sockets: Socket[] = [];

  const ask = async <Body>(method: string, path: string, body?: string | Buffer, contentType = 'application/json'): Promise<Body> => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body && { 'content-type': contentType, 'content-length': Buffer.byteLength(body) }),
    };
    const asked = request(nodes.nginx.url + path, { method, ca, headers });
    asked.end(body);
    const [answer] = await once(asked, 'response');
    return (await json(answer)) as Body;
  };
  const until = async (id: string, isSo: (job: Job) => boolean): Promise<Job> => {
    for (;;) {
      const job = await ask<Job>('GET', `/api/jobs/${id}`);
      if (isSo(job)) return job;
      await pause(50);
    }
  };
  const connect = async (...transports: ('polling' | 'websocket')[]): Promise<Socket> => {
    const socket = io(nodes.nginx.url, { auth: { token }, transports, ca, forceNew: true, reconnectionDelayMax: 500 });
    sockets.push(socket);
    await heard(socket, 'authenticated');
    return socket;
  };
  /** The states of a job that a socket is told, from now on; its watch is declared anew after each connect. */
  const statesOf = (socket: Socket, id: string): string[] => {
    const states: string[] = [];
    for (const event of ['job:status', 'job:progress', 'job:completed'] as const)
      socket.on(event, (told) => (told.id ?? told.job.id) === id && states.push(told.status ?? told.job.status));
    socket.on('authenticated', () => socket.emit('job:subscribe', { jobId: id }));
    return states;
  };

  beforeAll(async () => {
    pages = await mkdtemp(join(tmpdir(), 'harmonia-pages-'));
    await writeFile(join(pages, 'index.html'), 'the console');
    nodes = await Nodes.start(pages);
    ca = await nodes.nginx.certificate();
    ({ token } = await ask<{ token: string }>('POST', '/api/auth/demo', JSON.stringify({ user: 'ada' })));
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.disconnect()));
  afterAll(async () => {
    await nodes.stop();
    await rm(pages, { recursive: true });
  });

  it.each([[['websocket']], [['polling']], [['polling', 'websocket']]] as const)('[S3] tell of a job live by %j', async (transports) => {
    const told = await Promise.all([1, 2, 3, 4].map(() => connect(...transports)));
    const { id } = await ask<Job>('POST', '/api/jobs', JSON.stringify({ jobType: 'simulate', input: { steps: 5, delayMs: 100 } }));
    const ends = told.map((socket) => heard(socket, 'job:completed'));
    for (const socket of told) expect(await socket.emitWithAck('job:subscribe', { jobId: id })).toMatchObject({ ok: true });
    for (const { job } of await Promise.all(ends)) expect(job).toMatchObject({ id, status: 'completed', attempt: 1 });
    expect(told.map((socket) => socket.io.engine.transport.name)).toEqual(told.map(() => transports.at(-1)));
  });

  it('take an upload of 50 MB whole', async () => {
    const content = randomBytes(UPLOAD_BYTES);
    const [head, tail] = [
      '--cut\r\ncontent-disposition: form-data; name="jobType"\r\n\r\nfile-digest\r\n' +
        '--cut\r\ncontent-disposition: form-data; name="file"; filename="big.bin"\r\n\r\n',
      '\r\n--cut--\r\n',
    ];
    const body = Buffer.concat([Buffer.from(head ?? ''), content, Buffer.from(tail ?? '')]);
    const { id } = await ask<Job>('POST', '/api/jobs', body, 'multipart/form-data; boundary=cut');
    const { result } = await until(id, ({ status }) => status === 'completed');
    expect(result).toMatchObject({ bytes: UPLOAD_BYTES, sha256: createHash('sha256').update(content).digest('hex') });
  });

  // the last one: from here on there is one gateway
  it('[C7] lose a gateway in the middle, and nobody loses a job: sockets go over to the other, and see the end', async () => {
    const told = await Promise.all([1, 2, 3, 4, 5, 6].map(() => connect('websocket')));
    const { id } = await ask<Job>('POST', '/api/jobs', JSON.stringify({ jobType: 'simulate', input: { steps: 40, delayMs: 100 } }));
    const states = told.map((socket) => statesOf(socket, id));
    for (const socket of told) await socket.emitWithAck('job:subscribe', { jobId: id });
    await until(id, ({ progress }) => (progress?.percentage ?? 0) > 20);
    let lost = 0;
    told.forEach((socket) => socket.once('disconnect', () => (lost += 1)));
    const ends = told.map((socket) => heard(socket, 'job:completed'));

    await nodes.gateways[0].kill();
    for (const { job } of await Promise.all(ends)) expect(job).toMatchObject({ id, status: 'completed', attempt: 1 });
    expect(lost).toBe(3);
    for (const seen of states) expect(seen.at(-1)).toBe('completed');
    for (let read = 0; read < 10; read++) expect(await ask('GET', `/api/jobs/${id}`)).toMatchObject({ status: 'completed', attempt: 1 });
  });
});
