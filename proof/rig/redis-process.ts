import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './gateway-process.ts';
import { OwnProcess } from './own-process.ts';

/** What a Redis held at some moment, to go back to. */
export interface RedisPast {
  readonly directory: string;
}

/** How a Redis is started. */
export interface RedisOptions {
  /** Whether a commit is on the disk before it is answered, so that a kill loses nothing. Default true. */
  readonly appendOnly?: boolean;
  /** More, as on its command line: `['--maxmemory', '8mb']`. */
  readonly settings?: readonly string[];
}

/** Whether this machine has a `redis-server` at all. */
export const hasRedis = (): boolean => spawnSync('redis-server', ['--version']).status === 0;

/** A real redis-server of its own, on a port that stays the same. */
export class RedisProcess {
  readonly port: number;
  private readonly directory: string;
  private readonly settings: readonly string[];
  private readonly appendOnly: boolean;
  private own: OwnProcess | null = null;
  private pasts = 0;

  private constructor(port: number, directory: string, { appendOnly = true, settings = [] }: RedisOptions) {
    this.port = port;
    this.directory = directory;
    this.appendOnly = appendOnly;
    this.settings = settings;
  }

  static async start(options: RedisOptions = {}): Promise<RedisProcess> {
    const redis = new RedisProcess(await freePort(), await mkdtemp(join(tmpdir(), 'harmonia-redis-')), options);
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again with what lies on its disk; answers when it takes commands. */
  async start(): Promise<void> {
    const always = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.directory, '--save', ''];
    const durable = this.appendOnly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
    this.own = new OwnProcess('redis-server', [...always, ...durable, ...this.settings], { PATH: process.env['PATH'] });
    if (!(await this.own.says('Ready to accept connections'))) throw new Error(`redis-server ended with ${this.own.end}.`);
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

  /** Keeps what it holds now, for {@link rollBack}. */
  async remember(): Promise<RedisPast> {
    if (!this.appendOnly) this.command('SAVE');
    const past = { directory: `${this.directory}-past-${++this.pasts}` };
    await cp(this.directory, past.directory, { recursive: true });
    return past;
  }

  /** Kills it and starts it with what it held then: as after a restored backup, or a failover to a replica that lagged. */
  async rollBack({ directory }: RedisPast): Promise<void> {
    await this.kill();
    await rm(this.directory, { recursive: true, force: true });
    await cp(directory, this.directory, { recursive: true });
    await this.start();
  }

  async remove(): Promise<void> {
    await this.kill();
    const pasts = Array.from({ length: this.pasts }, (_, index) => `${this.directory}-past-${index + 1}`);
    await Promise.all([this.directory, ...pasts].map((directory) => rm(directory, { recursive: true, force: true })));
  }
}
