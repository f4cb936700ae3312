import { io, type Socket } from 'socket.io-client';
import type { Way } from './ways.ts';
import type { Wiretap } from './wiretap.ts';

const LONGEST_WAIT_MS = 10_000;

/** Somebody with one connection to one node, every frame of which is read, and who looks at jobs in one way. */
export class Reader {
  readonly userId: string;
  readonly way: Way;
  private readonly url: string;
  private readonly token: string;
  private readonly socket: Socket;
  private readonly tap: Wiretap;

  private constructor({ url, userId, token, way }: ReaderOptions, tap: Wiretap) {
    this.userId = userId;
    this.way = way;
    this.url = url;
    this.token = token;
    this.tap = tap;
    const auth = { token, ...(way.isPlain !== true && { protocol: 1 }) };
    this.socket = io(url, { auth, transports: ['websocket'], forceNew: true });
    this.socket.on('session:mark', (acknowledge: () => void) => acknowledge());
  }

  static async open(options: ReaderOptions, tap: Wiretap): Promise<Reader> {
    const reader = new Reader(options, tap);
    await new Promise((resolve) => reader.socket.once('authenticated', resolve));
    reader.socket.io.engine.on('packet', ({ data }: { data?: unknown }) => tap.read(reader.userId, reader.way.name, data));
    return reader;
  }

  /** Rejects when there is no answer; a refusal is an answer. */
  async ask(verb: string, ...payload: readonly unknown[]): Promise<unknown> {
    return await this.socket.timeout(LONGEST_WAIT_MS).emitWithAck(verb, ...payload);
  }

  /** What is answered over HTTP, whatever it is. */
  async fetch(path: string, body?: object): Promise<void> {
    const answer = await fetch(`${this.url}/api/jobs${path}`, {
      method: body ? 'POST' : 'GET',
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    this.tap.read(this.userId, `${this.way.name} ${answer.status}`, await answer.text());
  }

  /** Whatever was on its way when this is called has come. */
  async settle(): Promise<void> {
    await this.ask('jobs:unsubscribe:user');
  }

  close(): void {
    this.socket.disconnect();
  }
}

export interface ReaderOptions {
  readonly url: string;
  readonly userId: string;
  readonly token: string;
  readonly way: Way;
}
