import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HAS_SERVER = spawnSync('redis-server', ['--version']).status === 0;

/** On a machine without `redis-server` it says in its title that it was not run, and fails in CI. */
export function describeWithRedis(name: string, body: () => void): void {
  if (HAS_SERVER) return describe(name, body);
  describe(`${name}: NOT RUN, since there is no redis-server on the PATH`, () => {
    it('is run in CI at least', () => expect(process.env['CI']).toBeUndefined());
  });
}

/** A Redis of the specs' own, on a free port; what it was told lies on disk, so that it is there again after a kill. */
export class TestRedis {
  private readonly directory = mkdtempSync(join(tmpdir(), 'harmonia-redis-'));
  private server: ChildProcess | null = null;

  private constructor(private readonly port: number) {}

  /** One that runs. */
  static async start(): Promise<TestRedis> {
    const redis = await TestRedis.absent();
    await redis.start();
    return redis;
  }

  /** One that does not run yet. */
  static async absent(): Promise<TestRedis> {
    return new TestRedis(await freePort());
  }

  /** One that is a Redis Cluster of one node, and so refuses whatever touches several slots at once. */
  static async cluster(): Promise<TestRedis> {
    const redis = await TestRedis.absent();
    await redis.start('--cluster-enabled', 'yes', '--cluster-port', String(await freePort()), '--cluster-announce-ip', '127.0.0.1');
    redis.command('CLUSTER', 'ADDSLOTSRANGE', '0', '16383');
    const deadline = performance.now() + 20_000;
    while (!redis.command('CLUSTER', 'INFO').join().includes('cluster_state:ok')) {
      if (performance.now() > deadline) throw new Error('The cluster did not form.');
      await new Promise((resolve) => setImmediate(resolve));
    }
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** @param args more settings */
  async start(...args: string[]): Promise<void> {
    const settings = ['--port', String(this.port), '--dir', this.directory, '--save', '', '--appendonly', 'yes', '--bind', '127.0.0.1'];
    this.server = spawn('redis-server', [...settings, ...args], { stdio: ['ignore', 'pipe', 'ignore'] });
    let said = '';
    for await (const chunk of this.server.stdout ?? []) {
      said += String(chunk);
      if (said.includes('Ready to accept connections')) return;
    }
    throw new Error(`redis-server ended: ${said}`);
  }

  /** What `redis-cli` answers, line by line. */
  command(...words: string[]): string[] {
    const { stdout } = spawnSync('redis-cli', ['-p', String(this.port), ...words], { encoding: 'utf8', timeout: 5000 });
    return stdout.split('\n').filter((line) => line !== '');
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async kill(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
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
