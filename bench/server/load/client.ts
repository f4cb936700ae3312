import { RawSocket, type Message } from './raw-socket.ts';

/** An event as it came, not looked into yet. */
export interface RawEvent {
  readonly name: string;
  /** False when it was not wanted: then it is no more than its beginning. */
  readonly isWhole: boolean;
  /** The websocket message: `42["name",payload]`, or `451-["name",payload]` where something comes beside it. */
  readonly text: Buffer;
  /** What came beside it. */
  readonly attachments: readonly Buffer[];
}

/** Who listens to a client. */
export interface EventListener {
  hear(event: RawEvent): void;
  /** Whether an event of this name is wanted whole; else it may come as no more than its beginning. */
  wants(name: string): boolean;
}

/** How a client presents itself. */
export interface ClientOptions {
  readonly port: number;
  readonly auth: Readonly<Record<string, unknown>>;
}

/** Just enough of Engine.IO and Socket.IO, over a websocket: it connects, asks with acknowledgements, and hands over events. */
export class Client {
  private readonly asked = new Map<number, (answer: unknown) => void>();
  private readonly connected = Promise.withResolvers<void>();
  private socket: RawSocket | null = null;
  private head: Buffer | null = null;
  private readonly attachments: Buffer[] = [];
  private asks = 0;
  private sayingSo: NodeJS.Timeout | undefined;

  private constructor(
    private readonly auth: ClientOptions['auth'],
    private readonly listener: EventListener,
  ) {}

  /** Connects, and waits until the namespace is joined. */
  static async open({ port, auth }: ClientOptions, listener: EventListener): Promise<Client> {
    const client = new Client(auth, listener);
    client.socket = new RawSocket(port, '/socket.io/?EIO=4&transport=websocket', {
      hear: (message) => client.take(message),
      wants: (start) => start[1] !== EVENT || listener.wants(nameIn(start)),
    });
    client.socket.tcp.once('close', () => client.connected.reject(new Error('The server closed the connection.')));
    await client.connected.promise;
    return client;
  }

  get bytes(): number {
    return this.socket?.bytes ?? 0;
  }

  get localPort(): number {
    return this.socket?.tcp.localPort ?? 0;
  }

  get isOpen(): boolean {
    return this.socket !== null && !this.socket.tcp.destroyed;
  }

  /** Stops reading, so that what the server sends piles up on its way. It goes on saying that it is there. */
  pause(): void {
    this.socket?.tcp.pause();
    this.sayingSo = setInterval(() => this.socket?.send(PONG), 2000);
  }

  resume(): void {
    clearInterval(this.sayingSo);
    this.socket?.tcp.resume();
  }

  /** Says something without waiting for an answer. */
  say(name: string, ...args: readonly unknown[]): void {
    this.socket?.send(`42${JSON.stringify([name, ...args])}`);
  }

  /** Asks with an acknowledgement. */
  ask(name: string, ...args: readonly unknown[]): Promise<unknown> {
    const id = ++this.asks;
    const answer = Promise.withResolvers<unknown>();
    this.asked.set(id, answer.resolve);
    this.socket?.send(`42${id}${JSON.stringify([name, ...args])}`);
    return answer.promise;
  }

  close(): void {
    this.socket?.close();
  }

  private take({ isText, isWhole, data }: Message): void {
    if (!isText) return this.takeBinary(data);
    const type = data.toString('latin1', 0, 2);
    if (type === '42') this.event(data, [], isWhole);
    else if (type === '45' || type === '46') this.head = Buffer.from(data);
    else if (type === '43') this.answer(data, []);
    else if (type === '40') this.connected.resolve();
    else if (type === '44') this.connected.reject(new Error(`Refused: ${data.toString()}`));
    else if (type === '2') this.socket?.send(PONG);
    // the first thing that Engine.IO says: now it listens
    else if (type.startsWith('0')) this.socket?.send(`40${JSON.stringify(this.auth)}`);
  }

  private takeBinary(data: Buffer): void {
    const { head } = this;
    if (!head) return;
    this.attachments.push(data);
    const [, kind, count] = /^4([56])(\d+)-/.exec(head.toString('latin1', 0, 8)) ?? [];
    if (this.attachments.length < Number(count)) return;
    const attachments = this.attachments.splice(0);
    this.head = null;
    if (kind === '5') this.event(head, attachments, true);
    else this.answer(head, attachments);
  }

  private event(text: Buffer, attachments: readonly Buffer[], isWhole: boolean): void {
    const start = text.indexOf(BRACKET);
    // a number stands here only where an answer is wanted: the server asks whether this arrived
    if (attachments.length === 0 && start > 2) this.socket?.send(`43${text.toString('latin1', 2, start)}[]`);
    this.listener.hear({ name: nameIn(text), isWhole, text, attachments });
  }

  private answer(text: Buffer, attachments: readonly Buffer[]): void {
    const start = text.indexOf(BRACKET);
    const [, id] = /^4[36](?:\d+-)?(\d+)/.exec(text.toString('latin1', 0, start)) ?? [];
    const answer = this.asked.get(Number(id));
    this.asked.delete(Number(id));
    answer?.(argumentsIn(text, attachments)[0]);
  }
}

/** What an event or an answer bears, after its name; what came beside it stands where it belongs. */
export function argumentsIn(text: Buffer, attachments: readonly Buffer[]): readonly unknown[] {
  const isPlaceholder = (value: unknown): value is { num: number } =>
    typeof value === 'object' && value !== null && '_placeholder' in value;
  const filled = (_: string, value: unknown) => (isPlaceholder(value) ? attachments[value.num] : value);
  return JSON.parse(text.toString('utf8', text.indexOf(BRACKET)), attachments.length > 0 ? filled : undefined) as unknown[];
}

function nameIn(text: Buffer): string {
  const start = text.indexOf(BRACKET) + 2;
  return text.toString('latin1', start, text.indexOf(QUOTE, start));
}

const PONG = '3';
const EVENT = '2'.charCodeAt(0);
const BRACKET = '['.charCodeAt(0);
const QUOTE = '"'.charCodeAt(0);
