import { ErrorHandler, inject, Injectable, InjectionToken } from '@angular/core';
import {
  acknowledgementSchema,
  AuthenticatedSchema,
  JobsSyncAnswerSchema,
  JobViewersSnapshotSchema,
  OnlineUsersSnapshotSchema,
  PROTOCOL,
  SessionClosingSchema,
  type Authenticated,
  type HandshakeAuth,
  type JobsSync,
  type JobsSyncAnswer,
  type JobViewersSnapshot,
  type OnlineUsersSnapshot,
  type SessionClosing,
  type Verb,
} from '@harmonia/contract';
import { defer, firstValueFrom, Observable, switchMap, type Subscriber } from 'rxjs';
import type { io, Socket } from 'socket.io-client';
import { closingEnd, handshakeEnd, unreachable } from './connection-end';
import { GATEWAY_ADDRESS } from './gateway-address';
import { hear, hearMessages } from './heard-messages';
import { canInflate } from './inflated';
import type { SocketMessage } from './socket-message';
import { SocketRequests } from './socket-requests';
import { understood } from './understood';

/** What connects: fetched with the first connection, not with the page. */
export const fetchSocketIo = (): Promise<{ readonly io: typeof io }> => import('socket.io-client');

/** See {@link fetchSocketIo}. */
export const SOCKET_IO = new InjectionToken('how socket.io-client is fetched', { factory: () => fetchSocketIo });

/** Socket.IO's word for it: after a refused handshake, for one, of which `connect_error` tells. */
const CLOSED_BY_US = 'forced close';

/** Nothing that comes in has a type before it is parsed. */
type Heard = Record<string, (payload: unknown) => void>;
type Said = Record<Verb, (payload: unknown, answer: (answer: unknown) => void) => void>;

/** The only file that knows socket.io: connects, and speaks the contract's types to the rest. */
@Injectable()
export class RealtimeSocket {
  private readonly gateway = inject(GATEWAY_ADDRESS);
  private readonly fetch = inject(SOCKET_IO);
  private readonly errors = inject(ErrorHandler);
  private current: Socket<Heard, Said> | null = null;
  private readonly requests = new SocketRequests(() => this.current);

  /**
   * Connects once on subscribing, disconnects on unsubscribing. It never completes: it fails with a `ConnectionEnd`
   * that says why the connection is over. Trying again is the caller's.
   */
  connect(token: string): Observable<SocketMessage> {
    return defer(() => this.socketIo()).pipe(switchMap((make) => this.messages(() => this.open(make, token))));
  }

  /**
   * Declares all watches and asks for what was missed [S5].
   *
   * @throws RefusalError the server's refusal; `timeout` [C9]; `unavailable` while not connected
   */
  sync(declaration: JobsSync): Promise<JobsSyncAnswer> {
    return firstValueFrom(this.requests.ask('jobs:sync', declaration, SyncAnswered));
  }

  /** Offers a newer token of the same user to the connection, which goes on as it is [S6]. Asks on subscribing; fails as {@link sync}. */
  refresh(token: string): Observable<Authenticated> {
    return this.requests.ask('auth:refresh', { token }, RefreshAnswered);
  }

  /** Who watches a job now, and from now on [P2]. Asks on subscribing; fails as {@link sync}. */
  watchViewers(jobId: string): Observable<JobViewersSnapshot> {
    return this.requests.ask('presence:watch', { jobId }, ViewersAnswered);
  }

  unwatchViewers(jobId: string): Observable<unknown> {
    return this.requests.send('presence:unwatch', { jobId });
  }

  /** Who is online now, and from now on [P3]. Asks on subscribing; fails as {@link sync}. */
  watchOnlineUsers(): Observable<OnlineUsersSnapshot> {
    return this.requests.ask('presence:watch:all', {}, OnlineAnswered);
  }

  unwatchOnlineUsers(): Observable<unknown> {
    return this.requests.send('presence:unwatch:all', {});
  }

  /** Where it cannot be fetched there is no connection, as where the gateway cannot be reached: it is tried again. */
  private async socketIo(): Promise<typeof io> {
    try {
      return (await this.fetch()).io;
    } catch {
      throw unreachable('The part of this page that connects it could not be fetched.');
    }
  }

  private messages(open: () => Socket<Heard, Said>): Observable<SocketMessage> {
    return new Observable((messages) => {
      const socket = open();
      this.current = socket;
      this.hear(socket, messages);
      return () => {
        socket.off();
        socket.disconnect();
      };
    });
  }

  /** Trying again is not socket.io's: whoever subscribes knows when, and with which token. */
  private open(make: typeof io, token: string): Socket<Heard, Said> {
    const { url, namespace, path, transports } = this.gateway;
    const auth = (send: (auth: HandshakeAuth) => void) => send({ token, protocol: PROTOCOL, ...(canInflate() && { inflate: true }) });
    const manager = { transports: [...transports], tryAllTransports: true, forceNew: true, reconnection: false };
    return make(`${url}${namespace}`, { path, auth, ...manager });
  }

  private hear(socket: Socket<Heard, Said>, messages: Subscriber<SocketMessage>): void {
    let closing: SessionClosing | null = null;
    hearMessages(socket, this.errors, (message) => messages.next(message));
    hear(socket, 'session:closing', this.errors, (payload) => void (closing = understood(SessionClosingSchema, payload)));
    socket.on('session:mark', (acknowledge) => isAcknowledge(acknowledge) && acknowledge());
    socket.on('session:lagged', () => messages.next({ kind: 'gap' }));
    socket.on('connect_error', (error) => messages.error(handshakeEnd(error)));
    socket.on('disconnect', () => messages.error(closingEnd(closing)));
    // socket.io hears no close that comes before its own handshake, and would wait for one
    socket.io.engine.once('close', (reason) => {
      if (reason !== CLOSED_BY_US) messages.error(socket.connected ? closingEnd(closing) : unreachable());
    });
  }
}

const RefreshAnswered = acknowledgementSchema(AuthenticatedSchema);
const SyncAnswered = acknowledgementSchema(JobsSyncAnswerSchema);
const ViewersAnswered = acknowledgementSchema(JobViewersSnapshotSchema);
const OnlineAnswered = acknowledgementSchema(OnlineUsersSnapshotSchema);

/** Only socket.io can make a function of what a server sends. */
const isAcknowledge = (value: unknown): value is () => void => typeof value === 'function';
