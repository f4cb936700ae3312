import type { RedisOptions } from 'ioredis';
import { addressOf, movedTo, type RedisAddress } from './redis-address.js';

/** Where a connection goes next: with one address always there, in a cluster to the node that has its keys. */
export class RedisRoute {
  readonly #urls: readonly string[];
  readonly #target: RedisOptions;
  #movedTo: RedisAddress | null = null;

  /** @param target of the client, which reads it for its next try */
  constructor(urls: readonly string[], target: RedisOptions) {
    this.#urls = urls;
    this.#target = target;
  }

  /** Whether an error says that another node of the cluster has the keys; then the next turn leads there. */
  leads(error: unknown): boolean {
    const address = this.#urls.length === 1 ? null : movedTo(error, this.#target.host ?? '');
    if (address) this.#movedTo = address;
    return address !== null;
  }

  /** Where it was sent, else one node of the cluster after the other. */
  turn(connection: number): void {
    if (this.#urls.length === 1) return;
    Object.assign(this.#target, this.#movedTo ?? addressOf(this.#urls[connection % this.#urls.length] ?? ''));
    this.#movedTo = null;
  }
}
