import { io, type Socket } from 'socket.io-client';

/** How a socket was closed, and when. */
export interface Closing {
  /** What the server said of it; null: nothing. */
  readonly code: string | null;
  /** Ms since 1970. */
  readonly at: number;
}

/** A socket of one session, which notes what it is told of jobs, and how it ends. It never comes back by itself. */
export class SessionSocket {
  /** The versions of each job in the order in which they were told; a frame says the newest alone. */
  readonly versions = new Map<string, number[]>();
  lagged = 0;
  readonly closed: Promise<Closing>;
  private readonly socket: Socket;
  private code: string | null = null;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('session:closing', ({ code }: { readonly code: string }) => (this.code = code));
    socket.on('session:lagged', () => this.lagged++);
    socket.on('session:mark', (acknowledge: () => void) => acknowledge());
    socket.onAny((name: string, payload: Told) => this.hear(name, payload));
    this.closed = new Promise((resolve) => socket.once('disconnect', () => resolve({ code: this.code, at: Date.now() })));
  }

  /** A session that was let in, or the code with which it was refused. */
  static async open(url: string, token: string, isPlain: boolean): Promise<SessionSocket | string> {
    const auth = { token, ...(!isPlain && { protocol: 1 }) };
    const socket = io(url, { auth, transports: ['websocket'], forceNew: true, reconnection: false });
    const session = new SessionSocket(socket);
    return new Promise((resolve) => {
      socket.once('authenticated', () => resolve(session));
      socket.once('connect_error', (error) => resolve('data' in error ? (error.data as { readonly code: string }).code : 'unreachable'));
    });
  }

  get isOpen(): boolean {
    return this.socket.connected;
  }

  /** `ok`, or the code with which it was refused. */
  async ask(verb: string, payload: object): Promise<string> {
    try {
      const answer = (await this.socket.timeout(5000).emitWithAck(verb, payload)) as {
        readonly ok: boolean;
        readonly error?: { code: string };
      };
      return answer.ok ? 'ok' : (answer.error?.code ?? 'nothing');
    } catch {
      return 'unanswered';
    }
  }

  close(): void {
    this.socket.disconnect();
  }

  private hear(name: string, payload: Told): void {
    const lines = name === 'jobs:frame' ? (payload.jobs ?? '').split('\n').map((line) => line.split(' ')) : [];
    const told = [
      ...lines.map(([id = '', version]) => [id, Number(version)] as const),
      ...(payload?.id ? [[payload.id, payload.version ?? 0] as const] : []),
    ];
    for (const [id, version] of told) this.versions.set(id, [...(this.versions.get(id) ?? []), version]);
  }
}

interface Told {
  readonly id?: string;
  readonly version?: number;
  readonly jobs?: string;
}

/** What a gateway answers to a session over HTTP: `ok`, the code of a refusal, or `unreachable`. */
export async function askOverHttp(url: string, token: string, method: string, path: string, body?: object): Promise<HttpAnswer> {
  try {
    const headers = { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) };
    const answer = await fetch(url + path, {
      method,
      headers,
      ...(body && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(5000),
    });
    const text = await answer.text();
    const said = (text === '' ? {} : JSON.parse(text)) as HttpAnswer['said'];
    return { outcome: answer.ok ? 'ok' : (said.error?.code ?? String(answer.status)), said };
  } catch {
    return { outcome: 'unreachable', said: {} };
  }
}

/** See {@link askOverHttp}. */
export interface HttpAnswer {
  readonly outcome: string;
  readonly said: { readonly error?: { readonly code: string }; readonly id?: string; readonly version?: number };
}
