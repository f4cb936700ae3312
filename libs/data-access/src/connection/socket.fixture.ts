import { RefusalError, type Authenticated, type Job, type JobsSync, type JobsSyncAnswer, type RefusalCode } from '@harmonia/contract';
import { Observable, type Subscriber } from 'rxjs';
import type { JobNews } from '../jobs/job-frame';
import { receivedJob } from '../jobs/received-job';
import { ConnectionEnd } from './connection-end';
import type { LossReason } from './connection-state';
import type { RealtimeSocket, SocketMessage } from './realtime-socket';

interface Request {
  readonly declared: JobsSync;
  readonly answer: (answer: Partial<JobsSyncAnswer>) => void;
  readonly refuse: (code: RefusalCode) => void;
}

/** A socket driven by hand: nothing arrives, and nothing is answered, unless the test says so. */
export class SocketDouble implements Pick<RealtimeSocket, 'connect' | 'sync'> {
  /** The tokens of all connections so far. */
  readonly tokens: string[] = [];
  /** The syncs that wait for an answer. */
  readonly requests: Request[] = [];
  private messages: Subscriber<SocketMessage> | null = null;

  get isConnected(): boolean {
    return this.messages !== null;
  }

  connect(token: string): Observable<SocketMessage> {
    return new Observable((messages) => {
      this.tokens.push(token);
      this.messages = messages;
      return () => {
        this.messages = null;
        this.requests.length = 0;
      };
    });
  }

  sync(declared: JobsSync): Promise<JobsSyncAnswer> {
    return new Promise((resolve, reject) => {
      const answer = (changes: Partial<JobsSyncAnswer>) => resolve({ epoch: 'epoch-1', jobs: [], removed: [], ...changes });
      this.requests.push({ declared, answer, refuse: (code) => reject(new RefusalError(code)) });
    });
  }

  /** The server accepts the connection. */
  accept(user: Partial<Authenticated['user']> = {}): void {
    this.messages?.next({ kind: 'authenticated', session: { user: { id: 'ada', roles: [], ...user }, epoch: 'epoch-1', expiresAt: null } });
  }

  /** An event arrives. */
  tell(jobs: readonly Job[], changes: Partial<JobNews> = {}): void {
    this.messages?.next({ kind: 'news', news: { epoch: 'epoch-1', jobs: jobs.map(receivedJob), removed: [], ...changes } });
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
}
