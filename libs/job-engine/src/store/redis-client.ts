import { Redis } from 'ioredis';

const SLOWEST_RECONNECT = 2000;

/** How a {@link redisClient} behaves. */
export interface RedisClientOptions {
  /** Where it is; several are nodes of a cluster, one of which knows where the keys of this connection are. */
  readonly urls: readonly string[];
  /** Seen in CLIENT LIST. */
  readonly name: string;
  /** Without an answer for so long a connection is given up, ms. */
  readonly timeoutMs: number;
}

/** A client that connects when it is told to, comes back by itself, and sends nothing twice. */
export function redisClient({ urls: [url = ''], name, timeoutMs }: RedisClientOptions): Redis {
  return new Redis(url, {
    connectionName: name,
    protocol: 2,
    connectTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // what was not answered is rejected as soon as the connection is gone
    maxRetriesPerRequest: 0,
    retryStrategy: (tries) => Math.min(25 * 2 ** Math.min(tries, 10), SLOWEST_RECONNECT) * (0.5 + Math.random() / 2),
  });
}
