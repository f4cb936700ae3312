import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A wire to Redis that can be slow, and cut, once or for good: at its other end a node falls silent, as if it had been killed. */
export class NodeWire {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;
  /** What Redis says from now on is so long on its way, ms. */
  lateMs = 0;
  /** Whoever connects from now on is turned away. */
  refuses = false;

  private constructor(redis: URL) {
    this.server = createServer((node) => this.join(node, connect(Number(redis.port), redis.hostname)));
  }

  static async start(redisUrl: string): Promise<NodeWire> {
    const wire = new NodeWire(new URL(redisUrl));
    wire.server.listen(0, '127.0.0.1');
    await once(wire.server, 'listening');
    return wire;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Whoever is connected has to connect anew. */
  cut(): void {
    this.sockets.forEach((socket) => socket.destroy());
  }

  /** Nobody gets through any more. */
  async close(): Promise<void> {
    this.server.close();
    this.cut();
    if (this.server.listening) await once(this.server, 'close');
  }

  private join(node: Socket, redis: Socket): void {
    if (this.refuses) [node, redis].forEach((socket) => socket.on('error', () => undefined).destroy());
    node.pipe(redis);
    redis.on('data', (said) => (this.lateMs === 0 ? node.write(said) : setTimeout(() => node.write(said), this.lateMs)));
    for (const [socket, other] of [[node, redis] as const, [redis, node] as const]) {
      this.sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
    }
  }
}
