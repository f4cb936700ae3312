import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import type { ChangeOutcome, JobChange } from './job-change.js';
import { RedisCommits } from './redis-commits.js';
import type { RedisConnection } from './redis-connection.js';
import { MEMORY } from './redis-job-writes.js';
import { RedisKeys } from './redis-keys.js';
import { RedisMemory } from './redis-memory.js';
import { RedisProblem } from './redis-problem.js';
import { keptRow, type KeptJob } from './redis-rows.js';
import { ADOPT } from './redis-epoch-script.js';
import { FORGET } from './redis-forget-script.js';
import { READ } from './redis-read-scripts.js';
import type { RedisScript, RunScript } from './redis-script.js';

const MOST_TRIES = 4;
const FORGET_INTERVAL = 60_000;
/** With one question. */
const MOST_FORGOTTEN = 1000;

/** What a partition knows of its store. */
export interface PartitionOptions {
  readonly prefix: string;
  /** The one that leads to this partition. */
  readonly connection: () => RedisConnection;
  /** The epoch of the store as a whole [R7]. */
  readonly epoch: () => string;
  readonly now: () => number;
  /** How many changes the stream of events reaches back. */
  readonly streamChanges: number;
}

/** The jobs of one partition [F4], and the epoch of the server that has them. */
export class RedisPartition {
  readonly keys: RedisKeys;
  /** [R7] Of this partition alone; '' while no server is known. */
  epoch = '';

  readonly #options: PartitionOptions;
  readonly #memory = new RedisMemory();
  readonly #commits: RedisCommits;
  #forgotAt = 0;

  constructor(options: PartitionOptions, index: number) {
    this.#options = options;
    this.keys = new RedisKeys(options.prefix, index);
    this.#commits = new RedisCommits(this, options, this.#memory);
  }

  readonly run: RunScript = (...call) => this.#options.connection().run(...call);

  /** [R7] Learns or sets the epoch of the server at the other end. */
  async adopt(run: RunScript, runId: string): Promise<void> {
    const epoch = v.parse(v.string(), await run(ADOPT, [this.keys.meta], [runId, randomUUID()]));
    if (epoch === this.epoch) return;
    this.epoch = epoch;
    this.#memory.clear();
  }

  apply(changes: readonly JobChange[]): Promise<readonly ChangeOutcome[]> {
    return this.#commits.apply(changes);
  }

  /** When nothing is being committed any more. */
  idle(): Promise<void> {
    return this.#commits.idle();
  }

  async read(ids: readonly string[]): Promise<{ position: number; kept: Map<string, KeptJob> }> {
    const [position, ...rows] = await this.ask(READ, [this.keys.meta, this.keys.revisions], [this.keys.job, ...ids]);
    const kept = new Map(ids.map((id, index) => [id, keptRow(rows[index])] as const));
    for (const [id, job] of kept) this.#memory.learn(id, job);
    return { position: v.parse(v.number(), position), kept };
  }

  /** Runs a script whose first argument is the epoch, and which answers that the epoch is another one. */
  async ask(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown[]> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const connection = this.#options.connection();
      await connection.ready();
      const answer = v.parse(v.array(v.unknown()), await connection.run(script, keys, [this.epoch, ...args]));
      if (answer[0] !== 'epoch') return answer;
      await connection.greetAgain();
    }
    throw new RedisProblem('redis-error');
  }

  /** [R13] To be called now and then. */
  async forget(): Promise<void> {
    const now = this.#options.now();
    if (now - this.#forgotAt < FORGET_INTERVAL) return;
    this.#forgotAt = now;
    const { meta, revisions, gone, goneFrom, goneAt, goneOf, job } = this.keys;
    const named = [meta, revisions, gone, goneFrom, goneAt];
    // a few at a time: others want to be answered meanwhile
    for (let forgotten: unknown = MOST_FORGOTTEN; forgotten === MOST_FORGOTTEN;)
      forgotten = await this.run(FORGET, named, [now - MEMORY, MOST_FORGOTTEN, goneOf, job]);
  }
}
