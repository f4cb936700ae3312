import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';

/** What the server sent; looked at freely. */
export type Loose = ReturnType<typeof JSON.parse>;

/** A plain Socket.IO client, as any page might have one, that remembers what it was sent. */
export class RememberingClient {
  readonly received: { readonly name: string; readonly payload: Loose }[] = [];
  readonly socket: Socket;
  private readonly waiting = new Set<() => void>();

  constructor(url: string, token: string, options: Partial<ManagerOptions & SocketOptions> = {}) {
    this.socket = io(url, { auth: { token }, transports: ['websocket'], forceNew: true, ...options });
    this.socket.onAny((name: string, payload: unknown) => this.remember(name, payload));
    for (const name of ['connect', 'disconnect', 'connect_error']) {
      this.socket.on(name, (payload: unknown) => this.remember(name, payload));
    }
  }

  /** The payload of the first event of this name, past or to come, that fits. */
  next(name: string, fits: (payload: Loose) => boolean = () => true): Promise<Loose> {
    return new Promise((resolve) => {
      const look = () => {
        const found = this.received.find((one) => one.name === name && fits(one.payload));
        if (!found) return;
        this.waiting.delete(look);
        resolve(found.payload);
      };
      this.waiting.add(look);
      look();
    });
  }

  /** The job events received so far, in order. */
  get jobEvents() {
    return this.received.filter(({ name }) => name.startsWith('job:'));
  }

  forget(): void {
    this.received.length = 0;
  }

  private remember(name: string, payload: unknown): void {
    this.received.push({ name, payload });
    this.waiting.forEach((look) => look());
  }
}
