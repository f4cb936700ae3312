import { io, type Socket } from 'socket.io-client';
import { tokenOf } from '../rig/token.ts';

/** How somebody comes. */
export const WAYS = ['plain', 'protocol', 'polling'] as const;
export type Way = (typeof WAYS)[number];

/** How somebody goes: with a word, without one, or long after they stopped reading. */
export const DEPARTURES = ['goodbye', 'torn', 'unread'] as const;
export type Departure = (typeof DEPARTURES)[number];

/** Somebody who looks at jobs for a while. */
export class Visitor {
  /** The code that the server closed the connection with; null: it did not. */
  closedWith: string | null = null;
  readonly userId: string;
  private readonly socket: Socket;

  private constructor(userId: string, socket: Socket) {
    this.userId = userId;
    this.socket = socket;
    socket.on('session:closing', ({ code }: { code: string }) => (this.closedWith = code));
    // whoever speaks the protocol says that it reads [L2]
    socket.on('session:mark', (acknowledge: () => void) => acknowledge());
  }

  static async come(url: string, userId: string, way: Way): Promise<Visitor> {
    const auth = { token: tokenOf(userId), ...(way !== 'plain' && { protocol: 1 }) };
    const transports = way === 'polling' ? ['polling', 'websocket'] : ['websocket'];
    const socket = io(url, { auth, transports, forceNew: true, reconnection: false });
    const visitor = new Visitor(userId, socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('authenticated', () => resolve());
      socket.once('connect_error', reject);
    });
    return visitor;
  }

  /** Somebody who is not let in. */
  static async beRefused(url: string): Promise<void> {
    const socket = io(url, { auth: { token: 'of nobody' }, transports: ['websocket'], forceNew: true, reconnection: false });
    await new Promise((resolve) => socket.once('connect_error', resolve));
    socket.disconnect();
  }

  /** Looks at one's jobs and at some by name, sees who else does, and leaves some of them again. */
  async look(ids: readonly string[]): Promise<void> {
    await this.ask('jobs:subscribe:user');
    for (const jobId of ids) {
      await this.ask('job:subscribe', { jobId });
      await this.ask('presence:watch', { jobId });
    }
    await this.ask('jobs:sync', { epoch: null, jobs: Object.fromEntries(ids.map((id) => [id, 0])), user: null });
    const [left] = ids;
    if (left !== undefined) await this.ask('job:unsubscribe', { jobId: left });
    await this.ask('job:subscribe', { jobId: 'of-nobody' });
  }

  /** When it is told such an event. */
  hears(event: string): Promise<void> {
    return new Promise((resolve) => this.socket.once(event, () => resolve()));
  }

  /** Takes nothing from the wire any more. */
  stopReading(): void {
    this.webSocket('pause');
  }

  leave(departure: Departure): void {
    if (departure === 'goodbye') this.socket.disconnect();
    else this.webSocket('terminate');
  }

  private async ask(verb: string, ...payload: readonly unknown[]): Promise<void> {
    await this.socket.timeout(10_000).emitWithAck(verb, ...payload);
  }

  /** The client of Engine.IO keeps its websocket to itself. */
  private webSocket(method: 'pause' | 'terminate'): void {
    const webSocket: unknown = Reflect.get(this.socket.io.engine.transport, 'ws');
    const does: unknown = typeof webSocket === 'object' && webSocket !== null ? Reflect.get(webSocket, method) : null;
    if (typeof does === 'function') Reflect.apply(does, webSocket, []);
    else this.socket.disconnect();
  }
}
