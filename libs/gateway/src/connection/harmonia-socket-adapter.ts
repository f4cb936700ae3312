import { REFUSALS } from '@harmonia/contract';
import type { WebSocketAdapter, WsMessageHandler } from '@nestjs/common';
import type { IoAdapter } from '@nestjs/platform-socket.io';
import type { Observable } from 'rxjs';
import type { Namespace, Server, ServerOptions } from 'socket.io';
import { guardAgainstFloods } from '../limits/flood-guard.js';
import type { RawConnection } from '../limits/raw-connection.js';
import type { Strangers } from '../limits/strangers.js';
import type { Handshake } from './handshake.js';
import type { HarmoniaSocket } from './harmonia-socket.js';

/**
 * Stands in the decorator of `JobsGateway` where path and namespace are not known yet: decorators are evaluated at import,
 * options come from the container. No request can match it, since addresses begin with a slash.
 */
export const CONFIGURED = 'harmonia:configured';

/** What the adapter needs to know, with every default in place. */
export interface SocketSettings {
  readonly namespace: string;
  readonly path: string;
  readonly maxMessageBytes: number;
  /** The options of a gateway of the host on the same path and port, null when there is none. */
  readonly hostGateway: Partial<ServerOptions> | null;
}

/** What Nest asks an adapter for: first a server, then each namespace on it. */
type CreateOptions = Partial<ServerOptions> & { readonly namespace?: string | RegExp; readonly server?: Server };

type HostAdapter = WebSocketAdapter<Server | Namespace, HarmoniaSocket, CreateOptions> &
  Pick<IoAdapter, 'forceCloseConnections' | 'dispose'>;

const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 5_000;
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Wraps the host's adapter: everything goes to it, and only what concerns Harmonia's namespace and path is added.
 *
 * These options belong to a Socket.IO *server*, that is to one path on one port, not to a namespace: CORS and origins,
 * pings, the size of messages, compression, recovery. On a path of its own Harmonia decides them: only listed origins,
 * pings every 10 s with 5 s to answer, `maxMessageBytes`, few strangers with 8 s for each to sign in, no floods, neither
 * compression nor recovery. On a
 * path that a gateway of the host shares, the host's options stay as they are, Harmonia adds its pings where the host says
 * nothing of them, and checks origins in its own namespace; give it another `path` when it should decide more.
 */
export class HarmoniaSocketAdapter implements WebSocketAdapter {
  private server: Server | null = null;
  private namespace: Namespace | null = null;

  constructor(
    private readonly host: HostAdapter,
    private readonly handshake: Handshake,
    private readonly strangers: Strangers,
    private readonly settings: SocketSettings,
  ) {}

  create(port: number, options: CreateOptions = {}): Server | Namespace {
    if (options.path === CONFIGURED) return options.server ? this.harmoniaNamespace() : this.harmoniaServer();
    const isOurs = port === 0 && !options.server && pathOf(options) === this.settings.path;
    return isOurs ? this.harmoniaServer() : this.host.create(port, options);
  }

  set forceCloseConnections(value: boolean) {
    this.host.forceCloseConnections = value;
  }

  bindClientConnect(server: Server | Namespace, callback: (...args: unknown[]) => void): void {
    this.host.bindClientConnect(server, callback);
  }

  bindClientDisconnect(client: HarmoniaSocket, callback: (...args: unknown[]) => void): void {
    this.host.bindClientDisconnect?.(client, callback);
  }

  closeClient(client: HarmoniaSocket): void {
    if (this.host.closeClient) this.host.closeClient(client);
    else client.disconnect(true);
  }

  bindMessageHandlers(client: HarmoniaSocket, handlers: WsMessageHandler[], transform: (data: unknown) => Observable<unknown>): void {
    this.host.bindMessageHandlers(client, handlers, transform);
  }

  async close(server: Server | Namespace): Promise<void> {
    await this.host.close(server);
  }

  dispose(): Promise<void> {
    return this.host.dispose();
  }

  private harmoniaNamespace(): Namespace {
    this.namespace ??= this.harmoniaServer().of(this.settings.namespace).use(this.handshake.middleware);
    return this.namespace;
  }

  private harmoniaServer(): Server {
    this.server ??= this.createServer();
    return this.server;
  }

  private createServer(): Server {
    const { path, hostGateway } = this.settings;
    const options = hostGateway ? { ...PINGS, ...hostGateway } : this.ownOptions();
    const server = this.host.create(0, { ...options, path, namespace: undefined });
    if (!('of' in server)) throw new Error('The adapter of the host made no Socket.IO server where one was asked for.');
    if (server._opts.connectionStateRecovery) throw new Error(RECOVERY);
    if (!hostGateway) server.engine.on('connection', (connection: RawConnection) => this.watch(connection));
    return server;
  }

  /** A path of the host's is the host's to guard: there may be clients on it that have no session with Harmonia. */
  private watch(connection: RawConnection): void {
    this.strangers.add(connection);
    guardAgainstFloods(connection);
  }

  /**
   * A refused origin gets an HTTP error from Engine.IO, before there is a connection to answer on. A client sees it as a
   * `connect_error` without `data`: over polling with `context.status` 403 and this text, over websocket as a plain
   * `websocket error`; in a page the browser shows the text to neither.
   */
  private ownOptions(): Partial<ServerOptions> {
    const { handshake, strangers } = this;
    const { origins } = handshake;
    return {
      ...PINGS,
      cors: { origin: [...origins.origins], credentials: true },
      allowRequest: (request, answer) => {
        if (!origins.allows(request.headers)) answer(FOREIGN_ORIGIN, false);
        else answer(TOO_MANY_STRANGERS, strangers.hasRoomFor(request));
      },
      connectTimeout: CONNECT_TIMEOUT_MS,
      maxHttpBufferSize: this.settings.maxMessageBytes,
      perMessageDeflate: false,
    };
  }
}

const PINGS = { pingInterval: PING_INTERVAL_MS, pingTimeout: PING_TIMEOUT_MS };
const FOREIGN_ORIGIN = `origin-forbidden: ${REFUSALS['origin-forbidden'].cure}`;
const TOO_MANY_STRANGERS = `rate-limited: ${REFUSALS['rate-limited'].cure}`;
const RECOVERY =
  'Connection state recovery lets clients in without asking who they are, and sends them what they may no longer see: ' +
  'turn it off in the socket options, or give Harmonia another path.';

/** The path of a Socket.IO server, without the slash at its end. */
export function pathOf({ path = '/socket.io' }: { readonly path?: string }): string {
  return path.replace(/\/$/, '');
}
