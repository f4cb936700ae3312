import { Redis } from 'ioredis';
import * as v from 'valibot';
import { redisProblem, RedisProblem } from './redis-problem.js';
import type { RedisScript } from './redis-scripts.js';

/** How long a server that was greeted in vain is left alone before it is greeted again, ms. */
const GREET_AGAIN = 500;
const SLOWEST_RECONNECT = 2000;

/** Runs a script. */
export type RunScript = (script: RedisScript, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>;

/** How a {@link RedisConnection} behaves. */
export interface RedisConnectionOptions {
  readonly url: string;
  /** Seen in CLIENT LIST. */
  readonly name: string;
  /** Without an answer for so long a connection is given up, ms. */
  readonly timeoutMs: number;
  /** Who asks while the connection is newly lost waits so long for the next one, ms. */
  readonly patienceMs: number;
  /** Called on each new connection before anything else may use it, with the run id of the server [R7]. */
  readonly greet: (run: RunScript, runId: string) => Promise<void>;
  /** Called once for each kind of trouble, and with null when it is over. */
  readonly onTrouble: (problem: RedisProblem | null) => void;
}

/**
 * One connection to Redis that comes back by itself. Nothing is sent twice behind the caller's back: what was not answered
 * when the connection broke is rejected, and nothing is sent before the server at the other end is known.
 */
export class RedisConnection {
  readonly #options: RedisConnectionOptions;
  readonly #redis: Redis;
  readonly #waiting = new Set<() => void>();
  #trouble: RedisProblem | null = null;
  #connections = 0;
  #lostAt = 0;
  #isUsable = false;
  #isClosed = false;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#redis = new Redis(options.url, {
      connectionName: options.name,
      protocol: 2,
      connectTimeout: options.timeoutMs,
      socketTimeout: options.timeoutMs,
      lazyConnect: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: null,
      retryStrategy: (tries) => Math.min(25 * 2 ** Math.min(tries, 10), SLOWEST_RECONNECT) * (0.5 + Math.random() / 2),
      // a failover leaves the old primary a replica: the name may lead to the new one
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    this.#redis.on('ready', () => void this.#begin(++this.#connections));
    this.#redis.on('close', () => this.#lose());
    this.#redis.on('error', (error: unknown) => this.#suffer(redisProblem(error)));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Resolves when Redis may be asked; rejects with a {@link RedisProblem} when that takes longer than callers are to wait. */
  async ready(): Promise<void> {
    if (this.#isUsable) return;
    if (this.#isClosed) throw new RedisProblem('redis-away');
    if (this.#redis.status === 'wait') this.#open();
    const patience = this.#lostAt + this.#options.patienceMs - Date.now();
    if (patience > 0) await this.#changed(patience);
    if (!this.#isUsable) throw this.#trouble ?? new RedisProblem('redis-away');
  }

  /** @throws RedisProblem */
  async run(...call: Parameters<RunScript>): Promise<unknown> {
    await this.ready();
    try {
      return await this.#run(...call);
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** The next entries of a stream, once there are some; null when there were none for a while. @throws RedisProblem */
  async entriesAfter(stream: string, id: string, most: number, waitMs: number): Promise<unknown[] | null> {
    await this.ready();
    try {
      const reply = await this.#redis.xread('COUNT', most, 'BLOCK', waitMs, 'STREAMS', stream, id);
      return reply?.[0]?.[1] ?? null;
    } catch (error) {
      throw this.#explain(error);
    }
  }

  /** Greets the server again, since its data is no longer what it was. @throws RedisProblem */
  async greetAgain(): Promise<void> {
    await this.ready();
    try {
      await this.#greet();
    } catch (error) {
      throw this.#explain(error);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#isUsable = false;
    this.#redis.disconnect();
    this.#wake();
  }

  readonly #run: RunScript = async (script, keys, args) => {
    try {
      return await this.#redis.evalsha(script.sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error;
      return await this.#redis.eval(script.text, keys.length, ...keys, ...args);
    }
  };

  async #begin(connection: number): Promise<void> {
    try {
      await this.#greet();
      if (connection !== this.#connections || this.#isClosed) return;
      this.#isUsable = true;
      if (this.#trouble) this.#options.onTrouble(null);
      this.#trouble = null;
      this.#wake();
    } catch (error) {
      this.#suffer(redisProblem(error));
      setTimeout(() => {
        if (connection === this.#connections && !this.#isClosed && this.#redis.status === 'ready') void this.#begin(connection);
      }, GREET_AGAIN).unref();
    }
  }

  async #greet(): Promise<void> {
    const info = await this.#redis.info('server');
    await this.#options.greet(this.#run, v.parse(v.string(), /^run_id:(\w+)/m.exec(info)?.[1]));
  }

  #open(): void {
    this.#lostAt = Date.now();
    // what goes wrong is an event too
    this.#redis.connect().catch(() => undefined);
  }

  #lose(): void {
    this.#connections++;
    if (this.#isUsable) this.#lostAt = Date.now();
    this.#isUsable = false;
  }

  #suffer(problem: RedisProblem): void {
    const isKnown = this.#trouble?.code === problem.code;
    this.#trouble = problem;
    if (!isKnown && !this.#isClosed) this.#options.onTrouble(problem);
  }

  /** Why the connection went says more than that it is gone. */
  #explain(error: unknown): RedisProblem {
    const problem = redisProblem(error);
    return problem.code === 'redis-away' && this.#trouble ? this.#trouble : problem;
  }

  #changed(atMostMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#waiting.delete(done);
        resolve();
      };
      const timer = setTimeout(done, atMostMs);
      this.#waiting.add(done);
    });
  }

  #wake(): void {
    for (const done of this.#waiting) done();
  }
}
