import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export const TEXT = 1;
export const BINARY = 2;
export const PING = 9;

const MOST_KEPT = 64 * 1024;

/** A connection to a gateway on which anything can be said, byte by byte. */
export class RawSocket {
  readonly tcp: Socket;
  /** The end of what came. */
  heard = '';
  /** How many bytes came. */
  bytes = 0;
  /** When it ended, as `performance.now()` says it; null while it is open. */
  closedAt: number | null = null;
  readonly closed: Promise<void>;

  private constructor(tcp: Socket) {
    this.tcp = tcp;
    tcp.on('data', (chunk) => {
      this.bytes += chunk.length;
      this.heard = (this.heard + chunk.toString('latin1')).slice(-MOST_KEPT);
    });
    tcp.on('error', () => undefined);
    this.closed = new Promise((resolve) => {
      tcp.on('close', () => {
        this.closedAt = performance.now();
        resolve();
      });
    });
  }

  /** A bare connection. */
  static async tcp(port: number): Promise<RawSocket> {
    const tcp = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(tcp, 'connect');
    return new RawSocket(tcp);
  }

  /** One that asked to be a websocket of Engine.IO; what was answered is in `heard`. */
  static async upgraded(port: number, headers: Readonly<Record<string, string>> = {}): Promise<RawSocket> {
    const socket = await RawSocket.tcp(port);
    const all = {
      Host: `127.0.0.1:${port}`,
      Upgrade: 'websocket',
      Connection: 'Upgrade',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
    socket.tcp.write(['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', ...lines, '', ''].join('\r\n'));
    await Promise.race([once(socket.tcp, 'data').catch(() => undefined), socket.closed]);
    return socket;
  }

  /** One on which somebody has signed in. */
  static async signedIn(port: number, token: string, auth: object = {}): Promise<RawSocket> {
    const socket = await RawSocket.upgraded(port);
    await socket.write(frame(TEXT, `40${JSON.stringify({ token, ...auth })}`));
    await socket.hears('authenticated');
    return socket;
  }

  get isOpen(): boolean {
    return this.closedAt === null && !this.tcp.destroyed;
  }

  /** Resolves when the machine has taken the bytes, or the connection is gone. */
  write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => void this.tcp.write(bytes, () => resolve()));
  }

  /** Resolves to whether these words came within so many ms. */
  async hears(words: string, ms = 5000): Promise<boolean> {
    const deadline = performance.now() + ms;
    while (!this.heard.includes(words)) {
      if (!this.isOpen || performance.now() > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return true;
  }

  /** Whether it has ended within so many ms. */
  async endsWithin(ms: number): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
    await Promise.race([this.closed, late]);
    clearTimeout(timer);
    return !this.isOpen;
  }

  end(): void {
    this.tcp.destroy();
  }
}

/** A websocket frame of at most 64 KB, masked with zeros. */
export function frame(opcode: number, payload: Buffer | string = ''): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(body.length < 126 ? 2 : 4);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | Math.min(body.length, 126);
  if (body.length >= 126) head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, Buffer.alloc(4), body]);
}
