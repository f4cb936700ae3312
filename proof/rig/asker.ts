import { setTimeout as pause } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';

/** Longer is no answer. */
const PATIENCE_MS = 10_000;

/** What was said to one question. */
export interface Said {
  /** The verb, or the method and path. */
  readonly asked: string;
  /** `ok`, the code of a refusal, `silent` when there was no answer in time, or `odd`: not what the contract says. */
  readonly outcome: string;
  readonly ms: number;
}

/** Asks a gateway, by socket and over HTTP, and measures how it is answered. */
export class Asker {
  private readonly socket: Socket;
  private refusal = 'silent';
  private readonly url: string;
  private readonly token: string;

  constructor(url: string, token: string) {
    this.url = url;
    this.token = token;
    const delays = { reconnectionDelay: 100, reconnectionDelayMax: 500 };
    this.socket = io(url, { auth: { token, protocol: 1 }, transports: ['websocket'], forceNew: true, ...delays });
    // whoever speaks the protocol says that it reads [L2]
    this.socket.on('session:mark', (acknowledge: () => void) => acknowledge());
    this.socket.on('connect_error', (error) => (this.refusal = codeIn('data' in error ? error.data : null) ?? 'silent'));
  }

  /** Asks by socket, with an acknowledgement. */
  async ask(verb: string, ...payload: readonly unknown[]): Promise<Said> {
    const began = Date.now();
    while (!this.socket.connected && Date.now() - began < PATIENCE_MS) await pause(10);
    if (!this.socket.connected) return { asked: verb, outcome: this.refusal, ms: Date.now() - began };
    const left = PATIENCE_MS - (Date.now() - began);
    const answer: unknown = await this.socket
      .timeout(left)
      .emitWithAck(verb, ...payload)
      .catch(() => null);
    return { asked: verb, outcome: outcomeOf(answer), ms: Date.now() - began };
  }

  /** Asks over HTTP. */
  async http(method: string, path: string, body?: unknown): Promise<Said> {
    const began = Date.now();
    const outcome = await this.status(method, path, body).catch(() => 'silent');
    return { asked: `${method} ${path}`, outcome, ms: Date.now() - began };
  }

  close(): void {
    this.socket.disconnect();
  }

  private async status(method: string, path: string, body: unknown): Promise<string> {
    const answer = await fetch(this.url + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const said: unknown = await answer.json();
    return answer.ok ? 'ok' : outcomeOf(said);
  }
}

/** Acknowledgements and HTTP refusals hold the same `error`. */
function outcomeOf(answer: unknown): string {
  if (answer === null) return 'silent';
  if (typeof answer !== 'object') return 'odd';
  return 'ok' in answer && answer.ok === true ? 'ok' : ('error' in answer && codeIn(answer.error)) || 'odd';
}

/** The code of a refusal that says something to people, too. */
function codeIn(refusal: unknown): string | null {
  if (typeof refusal !== 'object' || refusal === null || !('code' in refusal) || !('message' in refusal)) return null;
  return typeof refusal.code === 'string' && typeof refusal.message === 'string' && refusal.message !== '' ? refusal.code : null;
}
