import { RedisConnection } from './redis-connection.js';
import type { RedisJobStoreSettings } from './redis-job-store.options.js';
import type { RedisPartition } from './redis-partition.js';
import { RedisProblem } from './redis-problem.js';
import type { RunScript } from './redis-script.js';
import { BLOCK } from './redis-tail.js';
import { RedisTroubles } from './redis-troubles.js';

type Settings = Pick<RedisJobStoreSettings, 'url' | 'timeoutMs' | 'patienceMs' | 'onTrouble'>;

/** The connections of a store: one that all partitions share, in a cluster one for each; and one for each tail. */
export class RedisConnections {
  readonly #settings: Settings;
  readonly #urls: readonly string[];
  readonly #asked: readonly RedisConnection[];
  readonly #tails: RedisConnection[] = [];

  constructor(settings: Settings, partitions: readonly RedisPartition[]) {
    this.#settings = settings;
    this.#urls = typeof settings.url === 'string' ? [settings.url] : settings.url;
    const troubles = new RedisTroubles(settings.onTrouble);
    const led = this.#urls.length > 1 ? partitions.map((partition) => [partition]) : [partitions];
    this.#asked = led.map((those, index) =>
      this.#connect('harmonia', settings.timeoutMs, those, (problem) => troubles.hear(index, problem)),
    );
  }

  /** The one that leads to a partition. */
  of(partition: number): RedisConnection {
    const connection = this.#asked[partition] ?? this.#asked[0];
    if (!connection) throw new RedisProblem('redis-away');
    return connection;
  }

  /** One more, on which a follower may wait. */
  tailOf(partition: RedisPartition): RedisConnection {
    const connection = this.#connect('harmonia-tail', this.#settings.timeoutMs + BLOCK, [partition], () => undefined);
    this.#tails.push(connection);
    return connection;
  }

  /** When all partitions may be asked. @throws RedisProblem */
  async ready(): Promise<void> {
    await Promise.all(this.#asked.map((connection) => connection.ready()));
  }

  close(): void {
    for (const connection of [...this.#asked, ...this.#tails]) connection.close();
  }

  #connect(name: string, timeoutMs: number, partitions: readonly RedisPartition[], onTrouble: Settings['onTrouble']): RedisConnection {
    const { patienceMs } = this.#settings;
    const greet = async (run: RunScript, runId: string) => {
      await Promise.all(partitions.map((partition) => partition.adopt(run, runId)));
    };
    return new RedisConnection({ urls: this.#urls, name, timeoutMs, patienceMs, greet, onTrouble });
  }
}
