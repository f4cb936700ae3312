import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire to Redis that can be cut in the worst moment. */
export class RedisProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #swallow: string | null = null;
  /** How many answers were swallowed. */
  swallowed = 0;

  private constructor(port: number) {
    this.#server = createServer((client) => this.#join(client, connect(port, '127.0.0.1')));
  }

  static async start(port: number): Promise<RedisProxy> {
    const proxy = new RedisProxy(port);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    const address = this.#server.address() as AddressInfo;
    return `redis://127.0.0.1:${address.port}`;
  }

  /** Redis hears the next command with this in it, but its answer never arrives, since the connection is cut. */
  swallowAnswerTo(words: string): void {
    this.#swallow = words;
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(client: Socket, redis: Socket): void {
    let isDoomed = false;
    client.on('data', (data) => {
      if (this.#swallow !== null && data.includes(this.#swallow)) {
        isDoomed = true;
        this.#swallow = null;
      }
      redis.write(data);
    });
    redis.on('data', (data) => {
      if (!isDoomed) return void client.write(data);
      this.swallowed++;
      client.destroy();
    });
    for (const [socket, other] of [[client, redis] as const, [redis, client] as const]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
