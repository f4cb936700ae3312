import { ErrorHandler, inject, Injectable, InjectionToken } from '@angular/core';
import {
  acknowledgementSchema,
  AuthenticatedSchema,
  JobsSyncAnswerSchema,
  PROTOCOL,
  RefusalError,
  REFUSALS,
  SessionClosingSchema,
  type Authenticated,
  type HandshakeAuth,
  type JobsSync,
  type JobsSyncAnswer,
  type SessionClosing,
  type Verb,
} from '@harmonia/contract';
import { defer, Observable, switchMap, type Subscriber } from 'rxjs';
import type { io, Socket } from 'socket.io-client';
import type { JobNews, WireFrame } from '../jobs/job-frame';
import { frameOf, JOB_EVENT_NAMES, newsOf } from '../jobs/job-news';
import { ConnectionEnd } from './connection-end';
import { GATEWAY_ADDRESS } from './gateway-address';
import { canInflate } from './inflated';
import { refusalError, refusalIn, understood } from './understood';

/** What one connection says while it lasts; `gap`: jobs changed, and it is not known which [E4, L2]. */
export type SocketMessage =
  | { readonly kind: 'authenticated'; readonly session: Authenticated }
  | { readonly kind: 'news'; readonly news: JobNews }
  | { readonly kind: 'frame'; readonly frame: WireFrame }
  | { readonly kind: 'gap' };

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
  async sync(declaration: JobsSync): Promise<JobsSyncAnswer> {
    const raw = await this.ask('jobs:sync', declaration);
    const answer = understood(acknowledgementSchema(JobsSyncAnswerSchema), raw);
    if (answer.ok) return answer.data;
    throw refusalError(answer.error);
  }

  private async ask(verb: Verb, payload: unknown): Promise<unknown> {
    if (!this.current?.connected) throw new RefusalError('unavailable', 'There is no connection to the gateway at the moment.');
    const answer: Promise<unknown> = this.current.timeout(ANSWER_TIMEOUT_MS).emitWithAck(verb, payload);
    return answer.catch(() => {
      throw new RefusalError('timeout');
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
    const hear = (event: string, take: (payload: unknown) => Promise<void> | void, otherwise: () => void = () => undefined) => {
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
    };
    hear('authenticated', (payload) => messages.next({ kind: 'authenticated', session: understood(AuthenticatedSchema, payload) }));
    hear('session:closing', (payload) => void (closing = understood(SessionClosingSchema, payload)));
    for (const name of JOB_EVENT_NAMES) hear(name, (payload) => messages.next({ kind: 'news', news: newsOf(name, payload) }));
    const tell = (frame: WireFrame) => messages.next({ kind: 'frame', frame });
    const readFrame = (payload: unknown) => {
      const frame = frameOf(payload);
      // a promise, of whichever zone or realm
      return 'then' in frame ? frame.then(tell) : tell(frame);
    };
    hear('jobs:frame', readFrame, () => messages.next({ kind: 'gap' }));
    socket.on('session:mark', (acknowledge) => isAcknowledge(acknowledge) && acknowledge());
    socket.on('session:lagged', () => messages.next({ kind: 'gap' }));
    socket.on('connect_error', (error) => messages.error(refusedHandshake(error)));
    socket.on('disconnect', () => messages.error(endOf(closing)));
    // socket.io hears no close that comes before its own handshake, and would wait for one
    socket.io.engine.once('close', (reason) => {
      if (reason !== CLOSED_BY_US) messages.error(socket.connected ? endOf(closing) : unreachable());
    });
  }
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
