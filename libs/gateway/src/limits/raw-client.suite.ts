import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A websocket written byte by byte, so that it can do what no honest client does. */
export class RawClient {
  /** What came, as it came. */
  readonly heard: Buffer[] = [];
  closedAt: number | null = null;

  private constructor(readonly tcp: Socket) {
    tcp.on('data', (chunk) => this.heard.push(chunk));
    tcp.on('error', () => undefined);
    tcp.on('close', () => (this.closedAt = performance.now()));
  }

  /** A bare connection, on which nothing was said. */
  static async tcp(url: string): Promise<RawClient> {
    const { hostname, port } = new URL(url);
    const tcp = connect({ host: hostname, port: Number(port) });
    await once(tcp, 'connect');
    return new RawClient(tcp);
  }

  /** One that has become a websocket of Engine.IO, when the server let it. */
  static async upgraded(url: string, headers: Readonly<Record<string, string>> = {}): Promise<RawClient> {
    const client = await RawClient.tcp(url);
    const lines = ['GET /socket.io/?EIO=4&transport=websocket HTTP/1.1', `Host: ${new URL(url).host}`, 'Upgrade: websocket'];
    const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const key = ['Connection: Upgrade', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
    client.tcp.write([...lines, ...key, ...more, '', ''].join('\r\n'));
    await Promise.race([once(client.tcp, 'data'), once(client.tcp, 'close')]);
    return client;
  }

  get text(): string {
    return Buffer.concat(this.heard).toString('latin1');
  }

  get isOpen(): boolean {
    return this.closedAt === null;
  }

  /** Sends a frame, masked with zeros; resolves when the machine has taken it. */
  send(opcode: number, payload: Buffer | string = ''): Promise<void> {
    return this.write(frame(opcode, payload));
  }

  write(bytes: Buffer): Promise<void> {
    return new Promise((resolve) => this.tcp.write(bytes, () => resolve()));
  }

  /** When the server has ended it. */
  async closed(): Promise<void> {
    if (this.isOpen) await once(this.tcp, 'close');
  }

  end(): void {
    this.tcp.destroy();
  }
}

export const TEXT = 1;
export const PING = 9;

/** One whole websocket frame of at most 64 KB. */
export function frame(opcode: number, payload: Buffer | string = ''): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(body.length < 126 ? 2 : 4);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | Math.min(body.length, 126);
  if (body.length >= 126) head.writeUInt16BE(body.length, 2);
  return Buffer.concat([head, Buffer.alloc(4), body]);
}
