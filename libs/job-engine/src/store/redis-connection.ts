import type { Redis } from 'ioredis';
import * as v from 'valibot';
import { redisClient, type RedisClientOptions } from './redis-client.js';
import { isLost, redisProblem, RedisProblem, type RedisTrouble } from './redis-problem.js';
import { RedisRoute } from './redis-route.js';
import type { RunScript } from './redis-script.js';
import { RedisWaiting } from './redis-waiting.js';

/** How long a server that was greeted in vain is left alone before it is greeted again, ms. */
const GREET_AGAIN = 500;
const LOOK_FOR_PRIMARY = 5000;
/** With these Redis still answers what it is asked. */
const ONLY_WRITES: readonly RedisTrouble[] = ['redis-read-only', 'redis-full'];

/** How a {@link RedisConnection} behaves. */
export interface RedisConnectionOptions extends RedisClientOptions {
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
  readonly #route: RedisRoute;
  readonly #waiting = new RedisWaiting();
  #trouble: RedisProblem | null = null;
  #connections = 0;
  #lostAt = 0;
  #lookedAt = -Infinity;
  #isUsable = false;
  #isClosed = false;

  constructor(options: RedisConnectionOptions) {
    this.#options = options;
    this.#redis = redisClient(options);
    this.#route = new RedisRoute(options.urls, this.#redis.options);
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
    const patience = this.#lostAt + this.#options.patienceMs - performance.now();
    if (patience > 0) await this.#waiting.until(patience);
    if (!this.#isUsable) throw this.#trouble ?? new RedisProblem('redis-away');
  }

  /** What Redis answers. A script that writes is sent once; any other may be sent again. @throws RedisProblem */
  async run(...call: Parameters<RunScript>): Promise<unknown> {
    const [{ writes }] = call;
    try {
      const answer = await this.#ask(() => this.#run(...call));
      if (this.#trouble && writes) this.#recover();
      return answer;
    } catch (error) {
      if (writes || !isLost(error)) throw error;
      return this.#ask(() => this.#run(...call));
    }
  }

  /** The next entries of a stream, once there are some; null when there were none for a while. @throws RedisProblem */
  async entriesAfter(stream: string, id: string, most: number, waitMs: number): Promise<unknown[] | null> {
    const reply = await this.#ask(() => this.#redis.xread('COUNT', most, 'BLOCK', waitMs, 'STREAMS', stream, id));
    return reply?.[0]?.[1] ?? null;
  }

  /** Greets the server again, since its data is no longer what it was. @throws RedisProblem */
  greetAgain(): Promise<void> {
    return this.#ask(() => this.#greet());
  }

  close(): void {
    this.#isClosed = true;
    this.#isUsable = false;
    this.#redis.disconnect();
    this.#waiting.end();
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
      // whether it takes writes shows with the next one
      if (this.#trouble && !ONLY_WRITES.includes(this.#trouble.code)) this.#recover();
      this.#waiting.end();
    } catch (error) {
      if (this.#follow(error)) return;
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
    this.#lostAt = performance.now();
    // what goes wrong is an event too
    this.#redis.connect().catch(() => undefined);
  }

  #lose(): void {
    this.#connections++;
    this.#rest();
    this.#route.turn(this.#connections);
  }

  /** To another node of the cluster, which has the keys of this connection by now and is greeted like any other. */
  #follow(error: unknown): boolean {
    if (!this.#route.leads(error)) return false;
    this.#rest();
    this.#redis.disconnect(true);
    return true;
  }

  /** Nothing more is asked of a connection that lost an answer; when it does not end by itself, it is ended. */
  #leave(connection: number): void {
    this.#rest();
    setImmediate(() => {
      if (connection === this.#connections && !this.#isClosed && this.#redis.status === 'ready') this.#redis.disconnect(true);
    });
  }

  #rest(): void {
    if (this.#isUsable) this.#lostAt = performance.now();
    this.#isUsable = false;
  }

  #recover(): void {
    this.#trouble = null;
    this.#options.onTrouble(null);
  }

  #suffer(problem: RedisProblem): void {
    const isKnown = this.#trouble?.code === problem.code;
    this.#trouble = problem;
    if (!isKnown && !this.#isClosed) this.#options.onTrouble(problem);
  }

  async #ask<Answer>(command: () => Promise<Answer>): Promise<Answer> {
    await this.ready();
    const connection = this.#connections;
    try {
      return await command();
    } catch (error) {
      // it was not made there: whoever may ask again asks there
      if (connection === this.#connections && this.#follow(error)) throw new RedisProblem('redis-away', error);
      const problem = redisProblem(error);
      // the client may tell of it a moment later only
      if (isLost(problem) && connection === this.#connections) this.#leave(connection);
      // of lost connections the client tells by itself
      if (!isLost(problem)) this.#suffer(problem);
      if (problem.code === 'redis-read-only') this.#lookForPrimary();
      throw problem;
    }
  }

  /** A failover leaves the old primary a replica: its name may lead to the new one by now. */
  #lookForPrimary(): void {
    if (performance.now() - this.#lookedAt < LOOK_FOR_PRIMARY) return;
    this.#lookedAt = performance.now();
    this.#rest();
    this.#redis.disconnect(true);
  }
}
