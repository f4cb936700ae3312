import { isTerminal, type Job, type ReportAnswer } from '@harmonia/contract';
import { JOB_STORE, type JobStore } from '@harmonia/job-engine';
import { rm } from 'node:fs/promises';
import { io } from 'socket.io-client';
import { readConfig, StartError } from './config.js';
import { startServer } from './server.js';
import { json, RunningGateway } from './testing/running-gateway.suite.js';

describe('the server', () => {
  let gateway: RunningGateway;
  beforeAll(async () => (gateway = await RunningGateway.start({ CORS_ORIGINS: 'https://console.example' })));
  afterAll(() => gateway.stop());

  describe('health', () => {
    it.each(['/health', '/health/live', '/health/ready'])('tells at %s that all is well', async (path) => {
      const answer = await fetch(gateway.url + path);
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ status: 'ok' })]);
    });

    it('is not ready when the data directory or the store has gone, and still alive', async () => {
      const other = await RunningGateway.start();
      await rm(other.dataDir, { recursive: true });
      await other.app.get<JobStore>(JOB_STORE, { strict: false }).close();
      const answer = await fetch(`${other.url}/health/ready`);
      expect(answer.status).toBe(503);
      const body = await answer.text();
      expect(JSON.parse(body)).toMatchObject({
        status: 'error',
        error: { dataDir: { status: 'down', message: expect.stringContaining('DATA_DIR') }, store: { status: 'down' } },
      });
      expect(body).not.toContain(other.dataDir);
      expect((await fetch(`${other.url}/health/live`)).status).toBe(200);
      await other.stop();
    });
  });

  it('describes its routes at /api/docs', async () => {
    expect((await fetch(`${gateway.url}/api/docs`)).headers.get('content-type')).toContain('text/html');
    const { paths } = (await (await fetch(`${gateway.url}/api/docs-json`)).json()) as { paths: object };
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['/api/jobs', '/api/jobs/{id}/result', '/api/auth/demo', '/health/ready']));
  });

  it('lets pages of listed origins read its answers, and no others', async () => {
    const answerTo = (origin: string) => fetch(`${gateway.url}/api/auth/demo`, { headers: { origin } });
    expect((await answerTo('https://console.example')).headers.get('access-control-allow-origin')).toBe('https://console.example');
    expect((await answerTo('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    const ada = await gateway.signIn('ada');
    const jobs = await ada.fetch('/api/jobs', { headers: { origin: 'https://console.example' } });
    expect(jobs.headers.get('access-control-expose-headers')).toContain('Harmonia-Epoch');
  });

  it('serves the test client, and the socket client that it uses', async () => {
    const page = await (await fetch(`${gateway.url}/test-client`)).text();
    const script = /<script src="([^"]+)">/.exec(page)?.[1];
    expect(page).toContain('<title>Harmonia test client</title>');
    expect((await fetch(gateway.url + script)).status).toBe(200);
  });

  it('takes reports of a worker elsewhere, as curl would send them', async () => {
    const [worker, ada] = [await gateway.signIn('worker'), await gateway.signIn('ada')];
    const jobs = await ada.watch();
    const report = async (body: object) => (await worker.fetch('/api/jobs/render-1/reports', json(body))).json() as Promise<ReportAnswer>;
    expect(await report({ attempt: 1, sequence: 1, userId: 'ada', title: 'Render', progress: 40 })).toMatchObject({ accepted: true });
    await jobs.until('render-1', ({ progress }) => progress?.percentage === 40);
    expect(await report({ attempt: 1, sequence: 1, progress: 40 })).toMatchObject({ accepted: false, reason: 'stale', sequence: 1 });
    expect(await report({ attempt: 1, sequence: 2, status: 'completed', result: { frames: 24 } })).toMatchObject({ accepted: true });
    expect(await jobs.untilEnded('render-1')).toBe('completed');
    expect(await ada.job('render-1')).toMatchObject({ jobType: 'external', userId: 'ada', title: 'Render', result: { frames: 24 } });
    jobs.close();
  });

  it('takes reports of nobody without the scope', async () => {
    const grace = await gateway.signIn('grace');
    const { id } = await grace.create('external');
    const answer = await grace.fetch(`/api/jobs/${id}/reports`, json({ attempt: 1, sequence: 1, progress: 1 }));
    expect([answer.status, await answer.json()]).toEqual([403, { error: { code: 'forbidden', message: expect.any(String) } }]);
  });

  it('refuses an upload that is larger than MAX_UPLOAD_BYTES', async () => {
    const small = await RunningGateway.start({ MAX_UPLOAD_BYTES: '1000' });
    const ada = await small.signIn('ada');
    expect(await ada.upload('file-digest', 'a.bin', Buffer.alloc(1000))).toMatchObject({ status: 'queued' });
    expect(await ada.upload('file-digest', 'a.bin', Buffer.alloc(1001))).toMatchObject({ error: { code: 'file-too-large' } });
    await small.stop();
  });

  it('serves HTTP alone with WEBSOCKET_ENABLED=false', async () => {
    const plain = await RunningGateway.start({ WEBSOCKET_ENABLED: 'false' });
    const ada = await plain.signIn('ada');
    let job: Job = await ada.create('simulate', { steps: 3, delayMs: 1 });
    while (!isTerminal(job.status)) job = await ada.job(job.id);
    expect(job).toMatchObject({ status: 'completed', result: { steps: 3 } });
    expect((await fetch(`${plain.url}/socket.io/socket.io.js`)).status).toBe(404);
    const socket = io(plain.url, { auth: { token: ada.token }, reconnection: false, forceNew: true });
    const error = await new Promise<Error>((resolve) => socket.once('connect_error', resolve));
    expect(error).toBeInstanceOf(Error);
    await plain.stop();
  });

  describe('cannot start', () => {
    const problemsOf = async (environment: object): Promise<readonly string[]> => {
      const starting = startServer(readConfig({ DEMO_AUTH: 'true', PORT: '0', ...environment }));
      const error: unknown = await starting.then((app) => app.close()).catch((reason: unknown) => reason);
      return error instanceof StartError ? error.problems : [];
    };

    it('on a taken port, and says which variable to change', async () => {
      const { port } = new URL(gateway.url);
      expect(await problemsOf({ PORT: port, DATA_DIR: `${gateway.dataDir}/other` })).toEqual([
        `port-in-use: Port ${port} on 127.0.0.1 is taken. Stop what uses it, or set PORT to another.`,
      ]);
    });

    it('on an address of another machine', async () => {
      expect(await problemsOf({ HOST: '192.0.2.1', DATA_DIR: `${gateway.dataDir}/other` })).toEqual([
        'host-unknown: 192.0.2.1 is no address of this machine. Set HOST to 127.0.0.1 or 0.0.0.0.',
      ]);
    });

    it('in the data directory of another server', async () => {
      const [problem, ...others] = await problemsOf({ DATA_DIR: gateway.dataDir });
      expect(problem).toMatch(/^data-dir-in-use: .*DATA_DIR/);
      expect(others).toEqual([]);
    });
  });
});
