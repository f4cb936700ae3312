import {
  RefusalError,
  type Authenticated,
  type JobsSync,
  type JobsSyncAnswer,
  type JobViewersSnapshot,
  type OnlineUsersSnapshot,
} from '@harmonia/contract';
import type { ɵConnectionEnd, ɵSocketMessage } from '@harmonia/data-access';
import { Observable, throwError, type Subscriber } from 'rxjs';

/** What the socket asks of whoever plays the gateway. */
export interface Counterpart {
  /** A session to let the connection in; an end to refuse it. */
  readonly handshake: () => Authenticated | ɵConnectionEnd;
  readonly answer: (declared: JobsSync) => JobsSyncAnswer;
  readonly people: {
    readonly enter: (jobId: string) => JobViewersSnapshot | RefusalError;
    readonly leave: (jobId: string) => void;
    readonly enterAll: () => OnlineUsersSnapshot | RefusalError;
    readonly leaveAll: () => void;
  };
}

/** Stands in for the client's socket: no network, and an answer comes when the test lets it. */
export class SocketByHand {
  /** The tokens of all tries to connect. */
  readonly tokens: string[] = [];
  /** The connection, or the try to make one. */
  private messages: Subscriber<ɵSocketMessage> | null = null;
  private isIn = false;
  private userId = '';
  private held: (() => void)[] | null = null;

  constructor(private readonly gateway: Counterpart) {}

  get isConnected(): boolean {
    return this.isIn;
  }

  connect(token: string): Observable<ɵSocketMessage> {
    return new Observable((messages) => {
      this.tokens.push(token);
      this.messages = messages;
      this.whenReleased(() => this.letIn(messages));
      return () => this.forget();
    });
  }

  sync(declared: JobsSync): Promise<JobsSyncAnswer> {
    return new Promise((resolve) => this.whenReleased(() => resolve(this.gateway.answer(declared))));
  }

  /** [S6] A newer token is taken, unless it is of another user. */
  refresh(): Observable<Authenticated | ɵConnectionEnd> {
    if (!this.isIn) return throwError(() => new RefusalError('unavailable'));
    return this.ask(() => {
      const session = this.gateway.handshake();
      return session instanceof Error || session.user.id === this.userId ? session : new RefusalError('token-invalid');
    });
  }

  watchViewers(jobId: string): Observable<JobViewersSnapshot> {
    return this.ask(() => this.gateway.people.enter(jobId));
  }

  unwatchViewers(jobId: string): Observable<void> {
    return this.ask(() => this.gateway.people.leave(jobId));
  }

  watchOnlineUsers(): Observable<OnlineUsersSnapshot> {
    return this.ask(() => this.gateway.people.enterAll());
  }

  unwatchOnlineUsers(): Observable<void> {
    return this.ask(() => this.gateway.people.leaveAll());
  }

  /** Something arrives; without a connection it is missed. */
  tell(message: ɵSocketMessage): void {
    if (this.isIn) this.messages?.next(message);
  }

  /** The connection ends. */
  end(end: ɵConnectionEnd): void {
    this.messages?.error(end);
  }

  hold(): void {
    this.held ??= [];
  }

  release(): void {
    const { held } = this;
    this.held = null;
    held?.forEach((answer) => answer());
  }

  private ask<Answer>(answer: () => Answer | RefusalError): Observable<Answer> {
    return new Observable((answers) =>
      this.whenReleased(() => {
        const given = answer();
        if (given instanceof Error) return answers.error(given);
        answers.next(given);
        answers.complete();
      }),
    );
  }

  private whenReleased(answer: () => void): void {
    if (this.held) this.held.push(answer);
    else answer();
  }

  private letIn(messages: Subscriber<ɵSocketMessage>): void {
    const session = this.gateway.handshake();
    if (session instanceof Error) return messages.error(session);
    this.isIn = true;
    this.userId = session.user.id;
    messages.next({ kind: 'authenticated', session });
  }

  /** Answers that were held are lost with their connection. */
  private forget(): void {
    this.messages = null;
    this.isIn = false;
    if (this.held) this.held = [];
  }
}
