import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from 'socket.io-client';
import { BuiltGateway } from './testing/built-gateway.suite.js';
import { Person, json } from './testing/running-gateway.suite.js';
import { lastSentence, samplePdf } from './testing/sample-pdf.suite.js';

// processes take long to start on a busy machine
jest.setTimeout(30_000);

describe('the built app', () => {
  let built: BuiltGateway;
  beforeAll(async () => (built = await BuiltGateway.build()), 30_000);
  afterAll(() => built.remove());

  it('lists every wrong variable, without a stack and without the secret, and exits with 1', async () => {
    const { code, stderr } = await built.run({ PORT: 'many', JWT_SECRET: 'hunter2', WEBSOCKET_ENABLED: 'perhaps' }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Harmonia cannot start:\n- PORT: .+\n- JWT_SECRET: .+\n- WEBSOCKET_ENABLED: .+\n$/);
    expect(stderr).not.toContain('hunter2');
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('runs jobs until %s, then exits with 0', async (signal) => {
    const gateway = built.run({ DEMO_AUTH: 'true' });
    const url = await gateway.listening();
    const { token } = (await (await fetch(`${url}/api/auth/demo`, json({ user: 'ada' }))).json()) as { token: string };
    const ada = new Person(url, token);
    const jobs = await ada.watch();
    const { id } = await ada.upload('pdf-notes', 'log.pdf', samplePdf(3));
    expect(await jobs.untilEnded(id)).toBe('completed');
    expect(await (await ada.fetch(`/api/jobs/${id}/result`)).text()).toContain(lastSentence(3));
    expect((await fetch(`${url}/test-client`)).status).toBe(200);
    expect(await gateway.stop(signal)).toBe(0);
    jobs.close();
  });

  it('says in a sentence why a second one cannot start, and exits with 1', async () => {
    const first = built.run({ DEMO_AUTH: 'true' });
    const { port } = new URL(await first.listening());
    const onSamePort = await built.run({ DEMO_AUTH: 'true', PORT: port, DATA_DIR: 'elsewhere' }).ended;
    expect(onSamePort).toEqual({ code: 1, stderr: expect.stringMatching(/^Harmonia cannot start:\n- port-in-use: .*PORT.*\n$/) });
    const onSameData = await built.run({ DEMO_AUTH: 'true' }).ended;
    expect(onSameData).toEqual({ code: 1, stderr: expect.stringMatching(/^Harmonia cannot start:\n- data-dir-in-use: .*DATA_DIR.*\n$/) });
    expect(await first.stop('SIGTERM')).toBe(0);
  });

  it('logs requests and connections by ids, and no token, cookie, ticket or name of a file', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-'));
    const gateway = built.run({ DEMO_AUTH: 'true', DATA_DIR: dataDir, LOG_FORMAT: 'json', LOG_LEVEL: 'trace' });
    const url = await gateway.listening();
    const { token } = (await (await fetch(`${url}/api/auth/demo`, json({ user: 'ada' }))).json()) as { token: string };
    const ada = new Person(url, token);
    const jobs = await ada.watch();
    const { id } = await ada.create('simulate', { steps: 1, delayMs: 1 });
    await jobs.untilEnded(id);
    const ticket = (await (await ada.fetch(`/api/jobs/${id}/result/ticket`, { method: 'POST' })).json()) as { url: string };
    expect((await fetch(url + ticket.url)).status).toBe(200);
    const asked = await fetch(`${url}/api/jobs?token=in-the-query`, {
      headers: { authorization: 'Bearer hunter2', cookie: 'session=in-a-cookie', 'x-request-id': 'from-the-proxy' },
    });
    expect([asked.status, asked.headers.get('x-request-id')]).toEqual([401, 'from-the-proxy']);
    const stranger = io(url, { auth: { token: 'hunter3' }, transports: ['websocket'], forceNew: true, reconnection: false });
    await new Promise((resolve) => stranger.once('connect_error', resolve));
    // the disk breaks, which nobody foresees: such an error is logged with all that is known of it
    await rm(join(dataDir, 'files'), { recursive: true, force: true });
    await writeFile(join(dataDir, 'files'), '');
    expect(await ada.upload('file-digest', 'diagnosis-of-ann.bin', Buffer.alloc(10))).toMatchObject({ error: { code: 'internal-error' } });
    jobs.close();
    expect(await gateway.stop('SIGTERM')).toBe(0);
    await rm(dataDir, { recursive: true });

    const secrets = [token, 'hunter2', 'hunter3', 'in-a-cookie', 'in-the-query', 'diagnosis-of-ann', ticket.url.replace(/.*=/, '')];
    expect(secrets.filter((secret) => gateway.output.includes(secret))).toEqual([]);
    const lines = gateway.output.trim().split('\n');
    const log = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(log).toContainEqual(
      expect.objectContaining({ level: 'info', req: { id: 'from-the-proxy', method: 'GET', path: '/api/jobs' }, res: { statusCode: 401 } }),
    );
    const connection = { context: 'Connections', userId: 'ada', connectionId: expect.stringMatching(/^[\w-]{20}$/) };
    expect(log).toContainEqual(expect.objectContaining({ ...connection, msg: 'opened' }));
    expect(log).toContainEqual(expect.objectContaining({ ...connection, msg: 'closed' }));
    const broken = log.filter(({ level }) => level === 'error');
    expect(broken.length).toBeGreaterThan(0);
    expect(broken).toEqual(
      broken.map(() => expect.objectContaining({ req: expect.objectContaining({ id: expect.any(String), path: '/api/jobs' }) })),
    );
  });
});
