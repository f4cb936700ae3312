import type { ConnectionOptions } from 'bullmq';
import { setTimeout as wait } from 'node:timers/promises';
import type { BullmqSettings } from '../bullmq.settings.js';

const SLOWEST_RECONNECT = 2000;
const CLOSE_WITHIN = 2000;

/** Where the queue lies, for BullMQ's `Queue` and `Worker` alike. */
export interface QueuePlace {
  readonly connection: ConnectionOptions;
  readonly prefix: string;
}

/**
 * What is in braces decides the slot, so that the keys of the queue lie on one node of a Redis Cluster. A client of the
 * host's is used as it is; of our own, what is asked while Redis is away waits, and they come back within two seconds.
 */
export function queuePlace(connection: ConnectionOptions, { prefix }: BullmqSettings): QueuePlace {
  const isClient = typeof connection.connect === 'function';
  const retryStrategy = (tries: number) => Math.min(50 * 2 ** Math.min(tries, 10), SLOWEST_RECONNECT);
  return { connection: isClient ? connection : { maxRetriesPerRequest: null, retryStrategy, ...connection }, prefix: `{${prefix}:queue}` };
}

/** A `Queue` or `Worker`. */
interface Closable {
  close(force?: boolean): Promise<void>;
  disconnect(): Promise<void>;
  getBackend(): { close(force?: boolean): Promise<void> };
}

/**
 * Closes a `Queue` or `Worker`; one that waits for a Redis that is away is cut off. Never rejects.
 *
 * @param force whether a worker does not wait for what it runs
 */
export async function closeWithin(open: Closable, force = false): Promise<void> {
  const patience = new AbortController();
  const closed = open.close(force).then(nothing, nothing);
  const late = wait(CLOSE_WITHIN, 'late', { signal: patience.signal }).catch(nothing);
  const outcome = await Promise.race([closed, late]);
  patience.abort();
  if (outcome !== 'late') return;
  // neither is waited for: BullMQ would wait for a connection to end that there is none of
  open.getBackend().close(true).catch(nothing);
  open.disconnect().catch(nothing);
}

const nothing = (): void => undefined;
