import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where `redis-server` is, null when this machine has none. */
export const REDIS_SERVER = spawnSync('redis-server', ['--version']).status === 0 ? 'redis-server' : null;

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
    const server = new RedisServer(await freePort(), args);
    await server.start();
    return server;
  }

  /** For clients, without a password. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** The same server again, with whatever it has saved. */
  async start(): Promise<void> {
    if (!REDIS_SERVER) throw new Error('There is no redis-server on the PATH.');
    const settings = ['--port', String(this.port), '--dir', this.#directory, '--save', '', '--appendonly', 'no', '--bind', '127.0.0.1'];
    const started = spawn(REDIS_SERVER, [...settings, ...this.#args], { stdio: ['ignore', 'pipe', 'ignore'] });
    this.#process = started;
    let said = '';
    for await (const chunk of started.stdout) {
      said += String(chunk);
      if (said.includes('Ready to accept connections')) break;
    }
    if (started.exitCode !== null) throw new Error(`redis-server ended: ${said}`);
  }

  /** What `redis-cli` would say. */
  command(...words: string[]): string {
    const { stdout } = spawnSync('redis-cli', ['-p', String(this.port), ...words], { encoding: 'utf8' });
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

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('There is no free port.');
  return address.port;
}
