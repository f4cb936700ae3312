import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describeWithNginx } from './describe-with-nginx.ts';
import { NginxProcess } from './nginx-process.ts';

interface Echo {
  readonly node: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
}

/** A server that answers what it was asked. */
async function echoServer(node: string): Promise<Server> {
  const server = createServer((asked, answer) => {
    asked.resume().on('end', () => answer.end(JSON.stringify({ node, url: asked.url, headers: asked.headers })));
  });
  server.on('upgrade', ({ url, headers }, socket) => {
    socket.end(`HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${JSON.stringify({ node, url, headers })}`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

jest.setTimeout(30_000);

describeWithNginx('the nginx of deploy/', () => {
  let directory: string;
  let nginx: NginxProcess;
  let ca: string;
  let servers: Server[];

  const ask = async (path: string, options: { method?: string; headers?: Record<string, string>; localAddress?: string } = {}) => {
    const asked = request(nginx.url + path, { ca, agent: false, ...options });
    asked.end();
    const [answer] = await once(asked, 'response');
    return { status: answer.statusCode as number, headers: answer.headers as IncomingHttpHeaders, body: await text(answer) };
  };
  const echo = async (...asked: Parameters<typeof ask>): Promise<Echo> => JSON.parse((await ask(...asked)).body) as Echo;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'harmonia-pages-'));
    await mkdir(join(directory, 'assets'));
    await writeFile(join(directory, 'index.html'), 'the console');
    await writeFile(join(directory, 'assets/a.js'), 'a script');
    servers = [await echoServer('1'), await echoServer('2')];
    const [one, two] = servers.map(portOf);
    nginx = await NginxProcess.start({ gateways: [one ?? 0, two ?? 0], pages: directory });
    ca = await nginx.certificate();
  });
  afterEach(async () => {
    await nginx.stop();
    servers.forEach((server) => server.close());
    await rm(directory, { recursive: true });
  });

  it('speaks TLS alone, and leads everybody there', async () => {
    const plain = await fetch(`${nginx.plainUrl}/jobs/a?b=c`, { redirect: 'manual' });
    expect([plain.status, plain.headers.get('location')]).toEqual([308, 'https://127.0.0.1/jobs/a?b=c']);
    expect((await ask('/')).headers).toMatchObject({ 'strict-transport-security': 'max-age=31536000' });
  });

  it('serves the console, at each of its addresses', async () => {
    expect((await ask('/assets/a.js')).body).toBe('a script');
    expect(await ask('/jobs/some-job')).toMatchObject({ status: 200, body: 'the console' });
  });

  it.each(['/api/jobs?limit=5', '/health', '/health/ready', '/test-client', '/socket.io/?EIO=4', '/socket.io/socket.io.js'])(
    'hands %s on',
    async (path) => expect((await echo(path)).url).toBe(path),
  );

  it('[L1] says who the client is, whatever that client says, as TRUST_PROXY=1 believes it', async () => {
    const forged = { 'x-forwarded-for': '10.9.8.7', 'x-forwarded-proto': 'http', forwarded: 'for=10.9.8.7' };
    const { headers } = await echo('/api/jobs', { headers: forged });
    expect(headers).toMatchObject({
      host: `127.0.0.1:${nginx.port}`,
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
    });
    expect(headers).not.toHaveProperty('forwarded');
    expect(headers).not.toHaveProperty('upgrade');
  });

  it('hands an upgrade on, and spreads websockets over both nodes', async () => {
    const upgrade = { connection: 'Upgrade', upgrade: 'websocket' };
    const answers: Echo[] = [];
    for (let socket = 0; socket < 6; socket++) answers.push(await echo('/socket.io/?EIO=4&transport=websocket', { headers: upgrade }));
    expect(answers[0]?.headers).toMatchObject({ connection: 'upgrade', upgrade: 'websocket' });
    expect(new Set(answers.map(({ node }) => node))).toEqual(new Set(['1', '2']));
  });

  it('leads the polling of an address, and the websocket that takes over from it, to one node', async () => {
    const addresses = Array.from({ length: 12 }, (_, index) => `127.0.0.${index + 2}`);
    const met = new Set<string>();
    for (const localAddress of addresses) {
      const paths = ['polling', 'polling&sid=a', 'polling&sid=a', 'websocket&sid=a'].map((what) => `/socket.io/?EIO=4&transport=${what}`);
      const nodes = new Set<string>();
      for (const path of paths) nodes.add((await echo(path, { localAddress })).node);
      expect(nodes.size).toBe(1);
      nodes.forEach((node) => met.add(node));
    }
    expect(met.size).toBe(2);
  });

  it('asks the other node when one is gone, and says so when both are', async () => {
    servers[0]?.close();
    for (let request = 0; request < 6; request++) expect((await echo('/api/jobs', { method: 'POST' })).node).toBe('2');
    for (let request = 0; request < 6; request++) expect((await echo('/socket.io/?transport=polling&sid=a')).node).toBe('2');
    servers[1]?.close();
    servers[1]?.closeAllConnections();
    expect((await ask('/api/jobs')).status).toBe(502);
  });

  it('refuses a body that no gateway would take before it comes', async () => {
    expect((await ask('/api/jobs', { method: 'POST', headers: { 'content-length': String(200 * 2 ** 20) } })).status).toBe(413);
  });

  it('[C8] writes down who asked what of which node, but no ids, cursors or tickets', async () => {
    await ask('/api/jobs?page=secret');
    const [line] = (await nginx.requests()).slice(-1);
    expect(line).toMatch(/^127\.0\.0\.1 GET \/api\/jobs 200 [\d.]+ 127\.0\.0\.1:\d+$/);
  });
});
