import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A redis-server of a bench's own, in memory alone. */
export class RedisProcess {
  readonly url: string;
  private readonly port: number;
  private readonly directory: string;
  private readonly server: ChildProcess;

  private constructor(port: number, directory: string, server: ChildProcess) {
    this.url = `redis://127.0.0.1:${port}`;
    this.port = port;
    this.directory = directory;
    this.server = server;
  }

  /** @throws Error on a machine without redis-server: what is not measured has missed its bounds */
  static async start(): Promise<RedisProcess> {
    if (spawnSync('redis-server', ['--version']).status !== 0) throw new Error('NOT RUN: there is no redis-server on the PATH.');
    const [port, directory] = [await freePort(), await mkdtemp(join(tmpdir(), 'harmonia-bench-redis-'))];
    const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', directory, '--save', '', '--appendonly', 'no'];
    const server = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    for await (const chunk of server.stdout) {
      said += String(chunk);
      if (said.includes('Ready to accept connections')) return new RedisProcess(port, directory, server);
    }
    throw new Error(`redis-server ended: ${said}`);
  }

  /** CPU seconds since it began. */
  cpu(): number {
    const { stdout } = spawnSync('redis-cli', ['-p', `${this.port}`, 'INFO', 'cpu'], { encoding: 'utf8' });
    const seconds = (name: string) => Number(new RegExp(`^used_cpu_${name}:([0-9.]+)`, 'm').exec(stdout)?.[1]);
    return seconds('sys') + seconds('user');
  }

  async stop(): Promise<void> {
    const gone = once(this.server, 'exit');
    this.server.kill('SIGKILL');
    await gone;
    await rm(this.directory, { recursive: true });
  }
}

/** Runs with a Redis of its own. */
export async function withRedis<Result>(run: (redis: RedisProcess) => Promise<Result>): Promise<Result> {
  const redis = await RedisProcess.start();
  try {
    return await run(redis);
  } finally {
    await redis.stop();
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
