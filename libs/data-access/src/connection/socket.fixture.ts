import {
  RefusalError,
  type Authenticated,
  type Job,
  type JobsSync,
  type JobsSyncAnswer,
  type JobViewersSnapshot,
  type OnlineUser,
  type OnlineUsersSnapshot,
  type RefusalCode,
} from '@harmonia/contract';
import { Observable, type Subscriber } from 'rxjs';
import type { JobNews } from '../jobs/job-frame';
import { receivedJob } from '../jobs/received-job';
import { ConnectionEnd } from './connection-end';
import type { LossReason } from './connection-state';
import type { RealtimeSocket } from './realtime-socket';
import type { SocketMessage } from './socket-message';

interface Request {
  readonly declared: JobsSync;
  readonly answer: (answer: Partial<JobsSyncAnswer>) => void;
  readonly refuse: (code: RefusalCode) => void;
}

interface PresenceRequest {
  readonly verb: 'watch' | 'unwatch' | 'watch:all' | 'unwatch:all';
  readonly jobId: string | null;
  readonly answer: (...userIds: string[]) => void;
  readonly refuse: (code: RefusalCode) => void;
}

interface Renewal {
  readonly token: string;
  readonly accept: () => void;
  readonly refuse: (code: RefusalCode) => void;
}

const aSession = (user: Partial<Authenticated['user']> = {}): Authenticated => ({
  user: { id: 'ada', roles: [], ...user },
  epoch: 'epoch-1',
  expiresAt: null,
});

/** Somebody who is there. */
export const anOnlineUser = (userId: string): OnlineUser => ({ userId, name: userId.toUpperCase(), since: '2026-03-01T10:00:00.000Z' });

/** A socket driven by hand: nothing arrives, and nothing is answered, unless the test says so. */
export class SocketDouble implements Omit<RealtimeSocket, never> {
  /** The tokens of all connections so far. */
  readonly tokens: string[] = [];
  /** The syncs that wait for an answer. */
  readonly requests: Request[] = [];
  /** What was asked of presence and waits for an answer. */
  readonly presence: PresenceRequest[] = [];
  /** The tokens that were offered to the connection, and wait for an answer. */
  readonly renewals: Renewal[] = [];
  private messages: Subscriber<SocketMessage> | null = null;
  private isAccepted = false;

  get isConnected(): boolean {
    return this.messages !== null;
  }

  connect(token: string): Observable<SocketMessage> {
    return new Observable((messages) => {
      this.tokens.push(token);
      this.messages = messages;
      return () => {
        this.messages = null;
        this.isAccepted = false;
        this.renewals.length = 0;
        this.requests.length = 0;
        this.presence.length = 0;
      };
    });
  }

  sync(declared: JobsSync): Promise<JobsSyncAnswer> {
    return new Promise((resolve, reject) => {
      const answer = (changes: Partial<JobsSyncAnswer>) => resolve({ epoch: 'epoch-1', jobs: [], removed: [], ...changes });
      this.requests.push({ declared, answer, refuse: (code) => reject(new RefusalError(code)) });
    });
  }

  refresh(token: string): Observable<Authenticated> {
    return new Observable((answers) => {
      if (!this.isAccepted) return answers.error(new RefusalError('unavailable'));
      this.renewals.push({
        token,
        accept: () => (answers.next(aSession()), answers.complete()),
        refuse: (code) => answers.error(new RefusalError(code)),
      });
    });
  }

  watchViewers(jobId: string): Observable<JobViewersSnapshot> {
    return this.ask('watch', jobId, (users) => ({ epoch: 'epoch-1', jobId, viewers: users, count: users.length }));
  }

  unwatchViewers(jobId: string): Observable<unknown> {
    return this.ask('unwatch', jobId, () => ({ epoch: 'epoch-1' }));
  }

  watchOnlineUsers(): Observable<OnlineUsersSnapshot> {
    return this.ask('watch:all', null, (users) => ({ epoch: 'epoch-1', users, count: users.length }));
  }

  unwatchOnlineUsers(): Observable<unknown> {
    return this.ask('unwatch:all', null, () => ({ epoch: 'epoch-1' }));
  }

  /** The server accepts the connection. */
  accept(user: Partial<Authenticated['user']> = {}): void {
    this.isAccepted = true;
    this.messages?.next({ kind: 'authenticated', session: aSession(user) });
  }

  /** An event arrives. */
  tell(jobs: readonly Job[], changes: Partial<JobNews> = {}): void {
    this.messages?.next({ kind: 'news', news: { epoch: 'epoch-1', jobs: jobs.map(receivedJob), removed: [], ...changes } });
  }

  /** Anything else arrives. */
  say(message: SocketMessage): void {
    this.messages?.next(message);
  }

  /** Something arrives that cannot be read. */
  gap(): void {
    this.messages?.next({ kind: 'gap' });
  }

  /** The connection ends. */
  end(reason: LossReason, retryAfterMs = 0): void {
    this.messages?.error(new ConnectionEnd(reason, `It ended: ${reason}.`, retryAfterMs));
  }

  /** Takes the oldest sync that waits; waits for one to come. */
  async request(): Promise<Request> {
    for (let turn = 0; turn < 100; turn++) {
      const request = this.requests.shift();
      if (request) return request;
      await Promise.resolve();
    }
    throw new Error('No sync was sent.');
  }

  private ask<Data>(verb: PresenceRequest['verb'], jobId: string | null, data: (users: OnlineUser[]) => Data): Observable<Data> {
    return new Observable((answers) => {
      const answer = (...userIds: string[]) => {
        answers.next(data(userIds.map(anOnlineUser)));
        answers.complete();
      };
      this.presence.push({ verb, jobId, answer, refuse: (code) => answers.error(new RefusalError(code)) });
    });
  }
}
