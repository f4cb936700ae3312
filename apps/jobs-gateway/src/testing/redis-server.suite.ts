import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

const HAS_SERVER = spawnSync('redis-server', ['--version']).status === 0;

/** What needs a Redis of its own: without `redis-server` its title says that it was not run, and in CI it fails. */
export function itWithRedis(name: string, body: () => Promise<void>): void {
  if (HAS_SERVER) it(name, body);
  else it(`${name}: NOT RUN, since there is no redis-server on the PATH`, () => expect(process.env['CI']).toBeUndefined());
}

/** A Redis on a port of its own that keeps nothing when it ends. */
export class RedisServer {
  private constructor(
    readonly url: string,
    private readonly process: ChildProcess,
  ) {}

  /** @param settings further ones, as on its command line */
  static async start(...settings: string[]): Promise<RedisServer> {
    const port = await freePort();
    const usual = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const started = spawn('redis-server', [...usual, ...settings], { stdio: ['ignore', 'pipe', 'ignore'] });
    for await (const chunk of started.stdout) if (String(chunk).includes('Ready to accept connections')) break;
    if (started.exitCode !== null) throw new Error('redis-server ended.');
    return new RedisServer(`redis://127.0.0.1:${port}`, started);
  }

  async stop(): Promise<void> {
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
