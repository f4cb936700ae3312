import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, onFreePort } from './free-port.ts';
import { OwnProcess } from './own-process.ts';

/** How a Redis is started, each time. */
export interface RedisOptions {
  /**
   * Whether a commit is on the disk before it is answered, so that a kill loses nothing. Default false: after a kill it has what
   * was saved by the command `SAVE`.
   */
  readonly appendOnly?: boolean;
  /** More, as on its command line: `['--maxmemory', '8mb']`. */
  readonly settings?: readonly string[];
}

/** What a Redis held at some moment, to go back to. */
export interface RedisPast {
  readonly directory: string;
}

/** Whether this machine has a `redis-server` at all. */
export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

/**
 * A real redis-server of its own, on a port that stays the same from life to life.
 *
 * @example const redis = await RedisServer.start({ appendOnly: true }); await redis.kill(); await redis.start(); await redis.remove();
 */
export class RedisServer {
  readonly port: number;
  /** With what it holds now, and what it is to remember. */
  private readonly directory: string;
  private readonly options: RedisOptions;
  private own: OwnProcess | null = null;
  private pasts = 0;

  private constructor(port: number, directory: string, options: RedisOptions) {
    this.port = port;
    this.directory = directory;
    this.options = options;
  }

  /** One that does not run yet, but has its address. */
  static async reserve(options: RedisOptions = {}): Promise<RedisServer> {
    return RedisServer.at(await freePort(), options);
  }

  /** One that takes commands. */
  static start(options: RedisOptions = {}): Promise<RedisServer> {
    return onFreePort(async (port) => {
      const redis = await RedisServer.at(port, options);
      try {
        await redis.start();
        return redis;
      } catch (error) {
        await redis.remove();
        throw error;
      }
    });
  }

  private static async at(port: number, options: RedisOptions): Promise<RedisServer> {
    const redis = new RedisServer(port, await mkdtemp(join(tmpdir(), 'harmonia-redis-')), options);
    await mkdir(redis.data);
    return redis;
  }

  /** For clients, without a password. */
  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it, again with what lies on its disk; resolves when it takes commands. */
  async start(): Promise<void> {
    const { appendOnly = false, settings = [] } = this.options;
    const always = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.data, '--save', ''];
    const durable = appendOnly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
    const own = new OwnProcess('redis-server', [...always, ...durable, ...settings], { PATH: process.env['PATH'] });
    this.own = own;
    if (!(await own.says('Ready to accept connections'))) throw new Error(`redis-server ended with ${own.end}: ${own.output}`);
  }

  /** SIGKILL, and waits until it is gone. */
  async kill(): Promise<void> {
    await this.own?.kill();
  }

  /** SIGSTOP: it answers nothing, and refuses nothing. */
  pause(): void {
    this.own?.pause();
  }

  resume(): void {
    this.own?.resume();
  }

  /** What `redis-cli` answers to this. */
  command(...words: string[]): string {
    return spawnSync('redis-cli', ['-p', String(this.port), ...words], { encoding: 'utf8', timeout: 5000 }).stdout.trim();
  }

  /** CPU seconds that it has used since it was started. */
  cpu(): number {
    const said = this.command('INFO', 'cpu');
    const seconds = (name: string) => Number(new RegExp(`^used_cpu_${name}:([0-9.]+)`, 'm').exec(said)?.[1]);
    return seconds('sys') + seconds('user');
  }

  /** Keeps what it holds now, for {@link rollBack}, of another one too. */
  async remember(): Promise<RedisPast> {
    if (!this.options.appendOnly) this.command('SAVE');
    const past = { directory: join(this.directory, `past-${++this.pasts}`) };
    await cp(this.data, past.directory, { recursive: true });
    return past;
  }

  /** Kills it and starts it with what was held then: as after a restored backup, or a failover to a replica that lagged. */
  async rollBack({ directory }: RedisPast): Promise<void> {
    await this.kill();
    await rm(this.data, { recursive: true });
    await cp(directory, this.data, { recursive: true });
    await this.start();
  }

  /** Kills it, with all that it holds and remembers. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
  }

  private get data(): string {
    return join(this.directory, 'data');
  }
}
