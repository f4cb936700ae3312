import { ErrorHandler, inject, Injectable, InjectionToken } from '@angular/core';
import {
  acknowledgementSchema,
  AuthenticatedSchema,
  JobsSyncAnswerSchema,
  JobViewersSnapshotSchema,
  OnlineUsersSnapshotSchema,
  PROTOCOL,
  RefusalError,
  REFUSALS,
  SessionClosingSchema,
  type Acknowledgement,
  type Authenticated,
  type HandshakeAuth,
  type JobsSync,
  type JobsSyncAnswer,
  type JobViewersSnapshot,
  type OnlineUsersSnapshot,
  type SessionClosing,
  type Verb,
} from '@harmonia/contract';
import { defer, firstValueFrom, map, Observable, switchMap, type Subscriber } from 'rxjs';
import type { io, Socket } from 'socket.io-client';
import { ConnectionEnd } from './connection-end';
import { GATEWAY_ADDRESS } from './gateway-address';
import { canInflate } from './inflated';
import { EVENT_READERS, readOwn, type SocketMessage } from './socket-message';
import { requestPaces } from './request-pace';
import { refusalError, refusalIn, understood } from './understood';

const NOT_CONNECTED = 'There is no connection to the gateway at the moment.';

/** Milliseconds after which a request counts as unanswered [C9]. */
const ANSWER_TIMEOUT_MS = 5_000;

/** What connects: fetched with the first connection, not with the page. */
export const fetchSocketIo = (): Promise<{ readonly io: typeof io }> => import('socket.io-client');

/** See {@link fetchSocketIo}. */
export const SOCKET_IO = new InjectionToken('how socket.io-client is fetched', { factory: () => fetchSocketIo });

/** Socket.IO's word for it: after a refused handshake, for one, of which `connect_error` tells. */
const CLOSED_BY_US = 'forced close';

/** Nothing that comes in has a type before it is parsed. */
type Heard = Record<string, (payload: unknown) => void>;
type Said = Record<Verb, (payload: unknown, answer: (answer: unknown) => void) => void>;

/** The only file that knows socket.io: parses whatever comes in, and speaks the contract's types to the rest. */
@Injectable()
export class RealtimeSocket {
  private readonly gateway = inject(GATEWAY_ADDRESS);
  private readonly errors = inject(ErrorHandler);
  private readonly fetch = inject(SOCKET_IO);
  private readonly paces = requestPaces();
  private current: Socket<Heard, Said> | null = null;

  /**
   * Connects once on subscribing, disconnects on unsubscribing. It never completes: it fails with a {@link ConnectionEnd}
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
    const answer = this.ask('jobs:sync', declaration).pipe(map((raw) => granted(understood(SyncAnswered, raw))));
    return firstValueFrom(answer);
  }

  /** Offers a newer token of the same user to the connection, which goes on as it is [S6]. Asks on subscribing; fails as {@link sync}. */
  refresh(token: string): Observable<Authenticated> {
    return this.ask('auth:refresh', { token }).pipe(map((raw) => granted(understood(RefreshAnswered, raw))));
  }

  /** Who watches a job now, and from now on [P2]. Asks on subscribing; fails as {@link sync}. */
  watchViewers(jobId: string): Observable<JobViewersSnapshot> {
    return this.ask('presence:watch', { jobId }).pipe(map((raw) => granted(understood(ViewersAnswered, raw))));
  }

  unwatchViewers(jobId: string): Observable<unknown> {
    return this.ask('presence:unwatch', { jobId });
  }

  /** Who is online now, and from now on [P3]. Asks on subscribing; fails as {@link sync}. */
  watchOnlineUsers(): Observable<OnlineUsersSnapshot> {
    return this.ask('presence:watch:all', {}).pipe(map((raw) => granted(understood(OnlineAnswered, raw))));
  }

  unwatchOnlineUsers(): Observable<unknown> {
    return this.ask('presence:unwatch:all', {});
  }

  /** Answers in the very moment in which the answer arrives: events that follow it are later, not earlier. */
  private ask(verb: Verb, payload: object): Observable<unknown> {
    return new Observable((answers) => {
      const socket = this.current;
      const send = () => {
        if (!socket?.connected) return answers.error(new RefusalError('unavailable', NOT_CONNECTED));
        socket.timeout(ANSWER_TIMEOUT_MS).emit(verb, payload, (unanswered: Error | null, raw: unknown) => {
          if (unanswered) return answers.error(new RefusalError('timeout'));
          answers.next(raw);
          answers.complete();
        });
      };
      if (!socket?.connected) return send();
      const wait = (verb === 'jobs:sync' ? this.paces.sync : this.paces.other).take();
      if (wait === 0) return send();
      const waiting = setTimeout(send, wait);
      return () => clearTimeout(waiting);
    });
  }

  /** Where it cannot be fetched there is no connection, as where the gateway cannot be reached: it is tried again. */
  private async socketIo(): Promise<typeof io> {
    try {
      return (await this.fetch()).io;
    } catch {
      throw new ConnectionEnd('unreachable', 'The part of this page that connects it could not be fetched.');
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
    this.hearMessages(socket, (message) => messages.next(message));
    this.on(socket, 'session:closing', (payload) => void (closing = understood(SessionClosingSchema, payload)));
    socket.on('session:mark', (acknowledge) => isAcknowledge(acknowledge) && acknowledge());
    socket.on('session:lagged', () => messages.next({ kind: 'gap' }));
    socket.on('connect_error', (error) => messages.error(refusedHandshake(error)));
    socket.on('disconnect', () => messages.error(endOf(closing)));
    // socket.io hears no close that comes before its own handshake, and would wait for one
    socket.io.engine.once('close', (reason) => {
      if (reason !== CLOSED_BY_US) messages.error(socket.connected ? endOf(closing) : unreachable());
    });
  }

  /** Whatever else arrives and nobody here listens to may be the application's own [M1]. */
  private hearMessages(socket: Socket<Heard, Said>, tell: (message: SocketMessage) => void): void {
    for (const [event, read] of Object.entries(EVENT_READERS)) {
      const take = (payload: unknown) => {
        const message = read(payload);
        return 'then' in message ? message.then(tell) : tell(message);
      };
      this.on(socket, event, take, () => event === 'jobs:frame' && tell({ kind: 'gap' }));
    }
    socket.onAny((event: string, payload: unknown) => {
      const own = socket.hasListeners(event) ? null : readOwn(event, payload);
      if (own) tell(own);
    });
  }

  /** What cannot be read is dropped and reported, and the rest goes on. */
  private on(
    socket: Socket<Heard, Said>,
    event: string,
    take: (payload: unknown) => Promise<void> | void,
    otherwise: () => unknown = () => undefined,
  ): void {
    const drop = (error: unknown) => {
      otherwise();
      this.errors.handleError(new Error(`The gateway's "${event}" was dropped: ${ConnectionEnd.of(error).message}`));
    };
    socket.on(event, (payload) => {
      try {
        take(payload)?.catch(drop);
      } catch (error) {
        drop(error);
      }
    });
  }
}

const RefreshAnswered = acknowledgementSchema(AuthenticatedSchema);
const SyncAnswered = acknowledgementSchema(JobsSyncAnswerSchema);
const ViewersAnswered = acknowledgementSchema(JobViewersSnapshotSchema);
const OnlineAnswered = acknowledgementSchema(OnlineUsersSnapshotSchema);

/** @throws RefusalError when it was refused */
function granted<Data>(answer: Acknowledgement<Data>): Data {
  if (answer.ok) return answer.data;
  throw refusalError(answer.error);
}

/** Only socket.io can make a function of what a server sends. */
const isAcknowledge = (value: unknown): value is () => void => typeof value === 'function';

/** A refusal travels as the error's data [E5]; without one the gateway was not reached. */
function refusedHandshake(error: Error): ConnectionEnd {
  const refusal = refusalIn('data' in error ? error.data : null);
  return refusal ? ConnectionEnd.of(refusal) : unreachable();
}

const unreachable = () => new ConnectionEnd('unreachable', 'The gateway cannot be reached.');

function endOf(closing: SessionClosing | null): ConnectionEnd {
  if (!closing) return new ConnectionEnd('cut-off', 'The connection to the gateway was lost.');
  return new ConnectionEnd(closing.code, REFUSALS[closing.code].cure, closing.retryAfterMs);
}
