import { RefusalError } from '@harmonia/contract';
import * as v from 'valibot';
import type { JobEventBatch } from './job-event.js';
import { JobFollowers } from './job-followers.js';
import type { Unfollow } from './job-store.js';
import { entryRow } from './redis-events.js';
import { RedisHeard } from './redis-heard.js';
import type { RedisPartition } from './redis-partition.js';
import { formatPositions, parsePositions } from './redis-position.js';
import { MISSED } from './redis-since-scripts.js';
import type { RedisTail, TailBatch } from './redis-tail.js';

const MOST_ENTRIES = 200;

type Listener = (batch: JobEventBatch) => void;

/** Those who follow the store in this process: one tail a partition serves them all, each from its own position. */
export class RedisFollowing {
  readonly #partitions: readonly RedisPartition[];
  readonly #tails: readonly RedisTail[];
  readonly #epoch: () => string;
  readonly #followers = new JobFollowers<TailBatch>();

  /** @param tail makes the tail of a partition that delivers to this */
  constructor(
    partitions: readonly RedisPartition[],
    epoch: () => string,
    tail: (partition: RedisPartition, index: number, deliver: (batch: TailBatch) => void) => RedisTail,
  ) {
    this.#partitions = partitions;
    this.#epoch = epoch;
    this.#tails = partitions.map((partition, index) => tail(partition, index, (batch) => this.#followers.publish(batch)));
  }

  async follow(from: string | null, listener: Listener): Promise<Unfollow> {
    await Promise.all(this.#tails.map((tail) => tail.start()));
    const early: TailBatch[] = [];
    const leave = this.#followers.add((batch) => early.push(batch), []);
    try {
      const { places, backlog } = await this.#begin(from);
      const hear = this.#hearer(places, listener);
      // in one step: what came meanwhile has its turn after the backlog, and before whatever comes now
      return toUnfollow(this.#followers.add(hear, [...backlog, ...early]));
    } finally {
      leave();
    }
  }

  /** Where a follower begins, and what it has missed since. */
  async #begin(from: string | null): Promise<{ places: number[]; backlog: TailBatch[] }> {
    if (from === null) {
      const readings = await Promise.all(this.#partitions.map((partition) => partition.read([])));
      return { places: readings.map(({ position }) => position), backlog: [] };
    }
    const starts = parsePositions(this.#epoch(), from, this.#partitions.length);
    if (!starts || starts.some(({ snapshot }) => snapshot)) throw refused();
    const places = starts.map(({ position }) => position);
    const missed = await Promise.all(this.#partitions.map((partition, index) => this.#missed(partition, index, places[index] ?? 0)));
    return { places, backlog: missed.flat() };
  }

  async #missed(partition: RedisPartition, index: number, from: number): Promise<TailBatch[]> {
    const { epoch } = partition;
    const heard = new RedisHeard(partition);
    const batches: TailBatch[] = [];
    for (let position = from; ; position = batches.at(-1)?.position ?? position) {
      const answer = await partition.ask(MISSED, [partition.keys.meta, partition.keys.events], [position, MOST_ENTRIES]);
      if (answer[0] === 'lost' || partition.epoch !== epoch) throw refused();
      const rows = v.parse(v.array(v.unknown()), answer[1]);
      const entries = await heard.complete(rows.map(entryRow));
      batches.push(...entries.map((entry) => ({ ...entry, partition: index, epoch, missed: false })));
      if (rows.length < MOST_ENTRIES) return batches;
    }
  }

  /** Drops what a follower has had already, and tells the rest with its own position. */
  #hearer(places: number[], listener: Listener): (batch: TailBatch) => void {
    const epochs = this.#partitions.map(({ epoch }) => epoch);
    return ({ partition, epoch, position, events, missed }) => {
      const isNew = epochs[partition] !== epoch;
      if (!isNew && position <= (places[partition] ?? 0) && !missed) return;
      epochs[partition] = epoch;
      places[partition] = position;
      const told = {
        epoch: this.#epoch(),
        position: formatPositions(
          this.#epoch(),
          places.map((place) => ({ position: place })),
        ),
        events,
      };
      listener(missed || isNew ? { ...told, missed: true } : told);
    };
  }
}

const toUnfollow =
  (leave: () => void): Unfollow =>
  () =>
    Promise.resolve(leave());

const refused = () =>
  new RefusalError('page-invalid', 'This position is not one to follow from: read anew what matters, and follow from now on.');
