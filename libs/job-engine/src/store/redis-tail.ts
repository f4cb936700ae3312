import * as v from 'valibot';
import type { JobEvent } from './job-event.js';
import type { RedisConnection } from './redis-connection.js';
import { entryRow, type RedisEntry } from './redis-events.js';
import { RedisHeard } from './redis-heard.js';
import type { RedisPartition } from './redis-partition.js';
import { RedisProblem } from './redis-problem.js';
import { READ } from './redis-read-scripts.js';

/** How long one question for new entries waits, ms; then it is seen whether the data is still the same. */
export const BLOCK = 2000;
const MOST_ENTRIES = 64;
const PAUSE = 250;

/** What a tail hands on. */
export interface TailBatch {
  readonly partition: number;
  readonly epoch: string;
  /** The position after these events. */
  readonly position: number;
  readonly events: readonly JobEvent[];
  /** Whether something before them was missed. */
  readonly missed: boolean;
}

/**
 * Tails the stream of a partition from a concrete position, on a connection of its own, and keeps its place across lost
 * connections [F2]. When the place is gone, or belongs to another epoch, it goes on from now and says that it missed something.
 */
export class RedisTail {
  readonly #index: number;
  readonly #partition: RedisPartition;
  readonly #connection: RedisConnection;
  readonly #deliver: (batch: TailBatch) => void;
  readonly #heard: RedisHeard;
  #epoch = '';
  #position = 0;
  #started: Promise<void> | null = null;

  /** @param connection closed by whoever made it, which ends the tail */
  constructor(index: number, partition: RedisPartition, connection: RedisConnection, deliver: (batch: TailBatch) => void) {
    this.#index = index;
    this.#partition = partition;
    this.#connection = connection;
    this.#deliver = deliver;
    this.#heard = new RedisHeard(partition);
  }

  /** Resolves when nothing that is committed from now on can be missed. */
  start(): Promise<void> {
    this.#started ??= this.#begin().catch((error: unknown) => {
      this.#started = null;
      throw error;
    });
    return this.#started;
  }

  async #begin(): Promise<void> {
    await this.#place();
    void this.#run();
  }

  async #run(): Promise<void> {
    while (!this.#connection.isClosed) {
      try {
        await this.#step();
      } catch (error) {
        // what is missed while Redis is away lies in the stream; an entry that nobody can read is missed for good
        if (!(error instanceof RedisProblem)) this.#epoch = '';
        await new Promise<void>((resolve) => void setTimeout(resolve, PAUSE).unref());
      }
    }
  }

  async #step(): Promise<void> {
    await this.#connection.ready();
    if (this.#partition.epoch !== this.#epoch) return this.#skip();
    const rows = await this.#connection.entriesAfter(this.#partition.keys.events, `${this.#position}-0`, MOST_ENTRIES, BLOCK);
    if (rows) await this.#tell(rows.map(entryRow));
    else await this.#look();
  }

  async #tell(entries: readonly RedisEntry[]): Promise<void> {
    const isWhole = (entries[0]?.after ?? 0) <= this.#position;
    if (!isWhole) this.#heard.forget();
    for (const { position, events } of await this.#heard.complete(entries)) {
      const missed = !isWhole && position === entries[0]?.position;
      this.#position = position;
      if (this.#partition.epoch !== this.#epoch) return;
      this.#deliver({ partition: this.#index, epoch: this.#epoch, position, events, missed });
    }
  }

  /** Goes on from now, in whatever epoch that is. */
  async #skip(): Promise<void> {
    await this.#place();
    this.#deliver({ partition: this.#index, epoch: this.#epoch, position: this.#position, events: [], missed: true });
  }

  async #place(): Promise<void> {
    let epoch: string;
    let position: number;
    do {
      epoch = this.#partition.epoch;
      position = await this.#look();
    } while (epoch !== this.#partition.epoch);
    this.#heard.forget();
    // not before: an epoch that is taken for known is told to nobody
    this.#epoch = epoch;
    this.#position = position;
  }

  /** Also notices, on a connection that was never lost, that the data is no longer there. */
  async #look(): Promise<number> {
    const [position] = await this.#partition.ask(READ, [this.#partition.keys.meta], ['']);
    return v.parse(v.number(), position);
  }
}
