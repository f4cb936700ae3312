import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HAS_SERVER = spawnSync('redis-server', ['--version']).status === 0;

/**
 * What needs a Redis of its own. On a machine without `redis-server` it says in its title that it was not run, and fails in
 * CI: a store that was not tried there has not passed.
 */
export function describeWithRedis(name: string, body: () => void): void {
  if (HAS_SERVER) return describe(name, body);
  describe(`${name}: NOT RUN, since there is no redis-server on the PATH`, () => {
    it('is run in CI at least', () => expect(process.env['CI']).toBeUndefined());
  });
}

/** A Redis of the specs' own, on a free port, that keeps nothing but what it is told to save. */
export class RedisServer {
  readonly #directory = mkdtempSync(join(tmpdir(), 'harmonia-redis-'));
  readonly #args: readonly string[];
  #process: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    args: readonly string[],
  ) {
    this.#args = args;
  }

  /** @param args further settings, as on its command line */
  static async start(...args: string[]): Promise<RedisServer> {
    return onFreePort(async () => {
      const server = new RedisServer(await freePort(), args);
      await server.start();
      return server;
    });
  }

  /** For clients, without a password. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** The same server again, with whatever it has saved. */
  async start(): Promise<void> {
    const settings = ['--port', String(this.port), '--dir', this.#directory, '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'];
    const started = spawn('redis-server', [...settings, ...this.#args], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#process = started;
    let said = '';
    for await (const chunk of started.stdout) {
      said += String(chunk);
      if (said.includes('Ready to accept connections')) return;
    }
    throw new Error(`redis-server ended: ${said}`);
  }

  /** What `redis-cli` would say. */
  command(...words: string[]): string {
    const { stdout } = spawnSync('redis-cli', ['-p', String(this.port), ...words], { encoding: 'utf8', timeout: 5000 });
    return stdout.trim();
  }

  pause(): void {
    this.#process?.kill('SIGSTOP');
  }

  resume(): void {
    this.#process?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    const running = this.#process;
    this.#process = null;
    if (!running || running.exitCode !== null || running.signalCode !== null) return;
    const ended = once(running, 'exit');
    running.kill('SIGKILL');
    await ended;
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

/** Tries again on another port: one that was free a moment ago may have been taken meanwhile. */
export async function onFreePort<Started>(start: () => Promise<Started>, tries = 3): Promise<Started> {
  try {
    return await start();
  } catch (error) {
    if (tries === 1) throw error;
    return onFreePort(start, tries - 1);
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('There is no free port.');
  return address.port;
}
