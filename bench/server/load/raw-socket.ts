import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

/** A websocket message as it came; a view into what was read, to be copied by whoever keeps it. */
export interface Message {
  readonly isText: boolean;
  /** False for a message that nobody wanted: of it there are the first bytes only. */
  readonly isWhole: boolean;
  readonly data: Buffer;
}

/** Who listens to a socket. */
export interface Listener {
  hear(message: Message): void;
  /** Whether a message that begins like this is wanted whole; asked of those that come in parts. */
  wants(start: Buffer): boolean;
}

interface Skipped {
  readonly message: Message;
  left: number;
}

const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const MASK = Buffer.alloc(4);
const HEAD_END = '\r\n\r\n';
/** As much of a message says what it is. */
const START_BYTES = 32;
/** All sockets read into it, one after the other: nothing is allocated for what is only counted. */
const CHUNK = Buffer.alloc(256 * 1024);

/**
 * A websocket over bare TCP: two hundred of them, or five thousand, leave the load's core time to spare. It reads what an
 * honest server sends, whole messages in order, and checks nothing else.
 */
export class RawSocket {
  /** Bytes received, websocket headers included. */
  bytes = 0;
  readonly tcp: Socket;
  private rest: Buffer = Buffer.alloc(0);
  private skipped: Skipped | null = null;
  private isOpen = false;

  constructor(
    port: number,
    path: string,
    private readonly listener: Listener,
  ) {
    const callback = (length: number) => {
      this.read(CHUNK.subarray(0, length));
      return true;
    };
    this.tcp = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: CHUNK, callback } });
    this.tcp.on('error', () => this.tcp.destroy());
    const key = randomBytes(16).toString('base64');
    this.tcp.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
        `Sec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
  }

  send(text: string): void {
    this.write(TEXT, Buffer.from(text));
  }

  close(): void {
    this.tcp.destroy();
  }

  private read(chunk: Buffer): void {
    this.bytes += chunk.length;
    const wanted = this.skipped ? this.skip(this.skipped, chunk) : chunk;
    const data = this.rest.length === 0 ? wanted : Buffer.concat([this.rest, wanted]);
    const at = this.isOpen ? this.takeAll(data, 0) : this.open(data);
    this.rest = this.isUnwanted(data, at) ? Buffer.alloc(0) : Buffer.from(data.subarray(at));
  }

  /** Where the answer to the upgrade ends, and whatever follows it. */
  private open(data: Buffer): number {
    const end = data.indexOf(HEAD_END);
    if (end < 0) return 0;
    this.isOpen = true;
    return this.takeAll(data, end + HEAD_END.length);
  }

  private takeAll(data: Buffer, from: number): number {
    let at = from;
    for (let end = endOfFrame(data, at); end !== null && end <= data.length; end = endOfFrame(data, at)) {
      this.take(data[at] ?? 0, data.subarray(at + headerOf(data[at + 1] ?? 0), end));
      at = end;
    }
    return at;
  }

  private take(first: number, data: Buffer): void {
    const opcode = first & 15;
    if (opcode === PING) this.write(PONG, data);
    else if (opcode === CLOSE) this.tcp.end();
    else this.listener.hear({ isText: opcode === TEXT, isWhole: true, data });
  }

  /** The beginning of a message that nobody wants: what follows of it is counted, not kept. */
  private isUnwanted(data: Buffer, at: number): boolean {
    const end = this.isOpen ? endOfFrame(data, at) : null;
    const from = at + headerOf(data[at + 1] ?? 0);
    if (end === null || data.length - from < START_BYTES) return false;
    const start = data.subarray(from, from + START_BYTES);
    if (this.listener.wants(start)) return false;
    const message = { isText: ((data[at] ?? 0) & 15) === TEXT, isWhole: false, data: Buffer.from(start) };
    this.skipped = { message, left: end - data.length };
    return true;
  }

  /** What follows a skipped message. */
  private skip(skipped: Skipped, chunk: Buffer): Buffer {
    const taken = Math.min(skipped.left, chunk.length);
    skipped.left -= taken;
    if (skipped.left > 0) return chunk.subarray(taken);
    this.skipped = null;
    this.listener.hear(skipped.message);
    return chunk.subarray(taken);
  }

  /** Masked, as clients have to, with zeros, as only a load may. */
  private write(opcode: number, payload: Buffer): void {
    const { length } = payload;
    const header = Buffer.alloc(length < 126 ? 2 : 4);
    header[0] = 0x80 | opcode;
    header[1] = 0x80 | Math.min(length, 126);
    if (length >= 126) header.writeUInt16BE(length, 2);
    this.tcp.write(Buffer.concat([header, MASK, payload]));
  }
}

/** How many bytes stand before the payload: servers do not mask. */
const headerOf = (second: number): number => (second < 126 ? 2 : second === 126 ? 4 : 10);

/** Where the frame that begins here ends; null while its header is not there. */
function endOfFrame(data: Buffer, at: number): number | null {
  const second = data[at + 1];
  if (second === undefined || data.length < at + headerOf(second)) return null;
  if (second < 126) return at + 2 + second;
  return second === 126 ? at + 4 + data.readUInt16BE(at + 2) : at + 10 + data.readUIntBE(at + 4, 6);
}
