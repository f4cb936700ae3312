import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What a link does to the bytes that go through it. */
export interface Weather {
  /** Later than they came, in milliseconds. */
  readonly delayMs?: number;
  /** At most so many a second in each direction. */
  readonly bytesPerSecond?: number;
  /** Which way nothing gets through: nothing is lost by it, as TCP sends again what did not arrive. */
  readonly blackHole?: 'both' | 'to-client' | 'to-server';
  /** New connections are reset at once. */
  readonly refuses?: boolean;
}

/** How many bytes may wait in a direction before the sender is made to wait. */
const MOST_WAITING = 256 * 1024;
const THROTTLE_TICK_MS = 20;

/**
 * A wire between clients and a server that breaks on request: it cuts, delays, throttles, black-holes and refuses.
 *
 * @example
 * const link = await TcpLink.start(() => gateway.port);
 * link.weather = { delayMs: 200 };
 * link.cut();
 */
export class TcpLink {
  /** When bytes reached a client last, ms since 1970. */
  deliveredAt = 0;
  private readonly server: Server;
  private readonly upstream: () => number | null;
  private readonly connections = new Set<Connection>();
  private current: Weather = {};
  private openedOn = 0;

  private constructor(upstream: () => number | null) {
    this.upstream = upstream;
    this.server = createServer((client) => this.join(client));
  }

  /** @param upstream the port that a new connection goes to; null: it is reset */
  static async start(upstream: () => number | null): Promise<TcpLink> {
    const link = new TcpLink(upstream);
    link.server.listen(0, '127.0.0.1');
    await once(link.server, 'listening');
    link.openedOn = (link.server.address() as AddressInfo).port;
    return link;
  }

  /** The port that clients connect to; it stays the same. */
  get port(): number {
    return this.openedOn;
  }

  get weather(): Weather {
    return this.current;
  }

  /** Holds from now on, also for what is on its way. */
  set weather(weather: Weather) {
    this.current = weather;
    this.connections.forEach((connection) => connection.turn());
  }

  /** The ports that connections go to at the moment. */
  get upstreams(): readonly number[] {
    return [...this.connections].map(({ port }) => port);
  }

  /** Resets every connection, both ends at once. */
  cut(): void {
    this.connections.forEach((connection) => connection.reset());
  }

  async close(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket): void {
    const port = this.current.refuses ? null : this.upstream();
    client.on('error', () => undefined);
    if (port === null) return void client.resetAndDestroy();
    const connection: Connection = new Connection(client, port, {
      weather: () => this.current,
      delivered: () => (this.deliveredAt = Date.now()),
      gone: () => this.connections.delete(connection),
    });
    this.connections.add(connection);
  }
}

interface Surroundings {
  readonly weather: () => Weather;
  readonly delivered: () => void;
  readonly gone: () => void;
}

/** Two directions between the same two ends. */
class Connection {
  readonly port: number;
  private readonly client: Socket;
  private readonly server: Socket;
  private readonly ways: readonly Way[];

  constructor(client: Socket, port: number, { weather, delivered, gone }: Surroundings) {
    this.client = client;
    this.port = port;
    this.server = connect(port, '127.0.0.1');
    for (const socket of [client, this.server]) socket.setNoDelay(true);
    const isHeld = (way: 'to-client' | 'to-server') => () => weather().blackHole === 'both' || weather().blackHole === way;
    this.ways = [
      new Way(client, this.server, weather, isHeld('to-server')),
      new Way(this.server, client, weather, isHeld('to-client'), delivered),
    ];
    // no server at the other end is as good as a reset
    this.server.on('error', () => client.resetAndDestroy());
    let open = 2;
    for (const socket of [client, this.server]) socket.on('close', () => --open === 0 && gone());
  }

  turn(): void {
    this.ways.forEach((way) => way.pump());
  }

  reset(): void {
    this.client.resetAndDestroy();
    this.server.resetAndDestroy();
  }
}

/** What waits to go on; null: the end. */
interface Waiting {
  data: Buffer | null;
  readonly due: number;
}

/** One direction. What came in goes out in its order, when the weather lets it, the end of the connection too. */
class Way {
  private readonly from: Socket;
  private readonly to: Socket;
  private readonly weather: () => Weather;
  private readonly isHeld: () => boolean;
  private readonly delivered: () => void;
  private readonly queue: Waiting[] = [];
  private waiting = 0;
  private lastDue = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(from: Socket, to: Socket, weather: () => Weather, isHeld: () => boolean, delivered: () => void = () => undefined) {
    this.from = from;
    this.to = to;
    this.weather = weather;
    this.isHeld = isHeld;
    this.delivered = delivered;
    from.on('data', (data) => this.take(data));
    from.on('close', () => this.take(null));
    from.on('error', () => undefined);
  }

  pump(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    for (let head = this.queue[0]; head && !this.isHeld(); head = this.queue[0]) {
      const wait = head.due - Date.now();
      if (wait > 0) return this.later(wait);
      const { bytesPerSecond } = this.weather();
      if (head.data === null) return this.end();
      const most = bytesPerSecond === undefined ? head.data.length : Math.ceil((bytesPerSecond * THROTTLE_TICK_MS) / 1000);
      this.pass(head, most);
      if (bytesPerSecond !== undefined) return this.later(THROTTLE_TICK_MS);
    }
  }

  private take(data: Buffer | null): void {
    this.lastDue = Math.max(this.lastDue, Date.now() + (this.weather().delayMs ?? 0));
    this.queue.push({ data, due: this.lastDue });
    this.waiting += data?.length ?? 0;
    if (this.waiting > MOST_WAITING) this.from.pause();
    if (!this.timer) this.pump();
  }

  private pass(head: Waiting, most: number): void {
    const { data } = head;
    if (!data) return;
    if (!this.to.destroyed) this.to.write(data.subarray(0, most));
    this.delivered();
    if (most < data.length) head.data = data.subarray(most);
    else this.queue.shift();
    this.waiting -= Math.min(most, data.length);
    if (this.waiting <= MOST_WAITING && !this.from.destroyed) this.from.resume();
  }

  private end(): void {
    this.queue.length = 0;
    this.to.destroy();
  }

  private later(ms: number): void {
    this.timer = setTimeout(() => this.pump(), ms);
  }
}
