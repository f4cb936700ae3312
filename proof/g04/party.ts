import { RedisJobStore, SqliteJobStore, type JobEvent, type JobStore } from '@harmonia/job-engine';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

const LONGEST_WAIT_MS = 10_000;

/** One store that takes part, through as many nodes as may write to it in turn, and what it told of the changes. */
export class Party {
  private readonly heard: JobEvent[] = [];
  private turns = 0;

  private constructor(
    readonly name: string,
    private readonly nodes: readonly JobStore[],
    /** Whether what is told of different jobs has an order too. */
    readonly isOrdered: boolean,
  ) {}

  static async sqlite(now: () => number): Promise<Party> {
    return new Party('SqliteJobStore', [SqliteJobStore.open({ directory: ':memory:', now })], true).following();
  }

  static async redis(url: string, partitions: number, now: () => number): Promise<Party> {
    const options = { url, partitions, now, prefix: randomUUID() };
    const nodes = [RedisJobStore.open(options), RedisJobStore.open(options)];
    const name = `RedisJobStore, two nodes, partitions: ${partitions}`;
    return new Party(name, nodes, partitions === 1).following();
  }

  /** The node whose turn it is. */
  next(): JobStore {
    const node = this.nodes[++this.turns % this.nodes.length];
    if (!node) throw new Error('There is no node.');
    return node;
  }

  /** What was told since this was asked last, once there are so many. */
  async events(count: number): Promise<readonly JobEvent[]> {
    const deadline = Date.now() + LONGEST_WAIT_MS;
    while (this.heard.length < count && Date.now() < deadline) await pause(1);
    return this.heard.splice(0);
  }

  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.close()));
  }

  /** The first node listens; the others only write. */
  private async following(): Promise<this> {
    await this.nodes[0]?.follow(null, ({ events, missed }) => {
      if (missed) throw new Error(`${this.name} missed something without an outage.`);
      this.heard.push(...events);
    });
    return this;
  }
}
