import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

const HAS_SERVER = spawnSync('redis-server', ['--version']).status === 0;

/** What needs a Redis of its own: without `redis-server` its title says that it was not run, and in CI it fails. */
export function describeWithRedis(name: string, body: () => void): void {
  if (HAS_SERVER) return describe(name, body);
  describe(`${name}: NOT RUN, since there is no redis-server on the PATH`, () => {
    it('is run in CI at least', () => expect(process.env['CI']).toBeUndefined());
  });
}

/** A Redis on a port of its own that keeps nothing when it ends: the next life of it is another epoch [R7]. */
export class RedisServer {
  private process: ChildProcess | null = null;

  private constructor(private readonly port: number) {}

  /** One that does not run yet. */
  static async reserve(): Promise<RedisServer> {
    return new RedisServer(await freePort());
  }

  static async start(): Promise<RedisServer> {
    const server = await RedisServer.reserve();
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** @param settings further ones, as on its command line */
  async start(...settings: string[]): Promise<void> {
    const usual = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const started = spawn('redis-server', [...usual, ...settings], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.process = started;
    let said = '';
    for await (const chunk of started.stdout) {
      said += String(chunk);
      if (said.includes('Ready to accept connections')) return;
    }
    throw new Error(`redis-server ended: ${said}`);
  }

  /** As `redis-cli` would. */
  say(...words: string[]): void {
    spawnSync('redis-cli', ['-p', String(this.port), ...words], { timeout: 5000 });
  }

  freeze(): void {
    this.process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.process?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const running = this.process;
    this.process = null;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('There is no free port.');
  return address.port;
}
