/** Where a server listens. */
export interface RedisAddress {
  readonly host: string;
  readonly port: number;
}

const PORT = 6379;

/** Of `redis://host:port`. */
export function addressOf(url: string): RedisAddress {
  const { hostname, port } = new URL(url);
  return { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: port === '' ? PORT : Number(port) };
}

/** Where a node of a cluster says that a slot is; null for any other error. It may leave out the host when that is its own. */
export function movedTo(error: unknown, own: string): RedisAddress | null {
  const [, host = '', port] = (error instanceof Error && /^MOVED \d+ (.*):(\d+)$/.exec(error.message)) || [];
  return port === undefined ? null : { host: host || own, port: Number(port) };
}
