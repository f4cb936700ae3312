import { isTerminal, type Job } from '@harmonia/contract';
import { io, type Socket } from 'socket.io-client';

/** By which way a subscriber learned of an end. */
export type HeardBy = 'answer' | 'event';

/** How a trial subscribes: as the guide's clients do, as the library's do, or by declaring watches. */
export type Way = 'plain' | 'protocol' | 'sync';

const LONGEST_WAIT_MS = 5000;

/** A socket that subscribes to jobs around their end, and tells by which way it learned of it. */
export class TrialSocket {
  private readonly socket: Socket;
  private readonly waiting = new Map<string, (by: HeardBy) => void>();
  readonly way: Way;

  private constructor(socket: Socket, way: Way) {
    this.socket = socket;
    this.way = way;
    // whoever speaks the protocol says that it reads [L2]
    socket.on('session:mark', (acknowledge: () => void) => acknowledge());
    socket.on('job:completed', ({ job }: { readonly job: Job }) => this.waiting.get(job.id)?.('event'));
  }

  static async open(url: string, token: string, way: Way): Promise<TrialSocket> {
    const auth = { token, ...(way !== 'plain' && { protocol: 1 }) };
    const socket = io(url, { auth, transports: ['websocket'], forceNew: true });
    const trial = new TrialSocket(socket, way);
    await new Promise((resolve) => socket.once('authenticated', resolve));
    return trial;
  }

  /** How it learns that this job has ended; null when it does not. */
  ended(id: string): Promise<HeardBy | null> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle(null), LONGEST_WAIT_MS);
      const settle = (by: HeardBy | null) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(by);
      };
      this.waiting.set(id, settle);
    });
  }

  async subscribe(ids: readonly string[]): Promise<void> {
    if (this.way === 'sync') return this.declare(ids);
    await Promise.all(ids.map(async (jobId) => this.hear([(await this.ask<{ job: Job }>('job:subscribe', { jobId })).job])));
  }

  async unsubscribe(ids: readonly string[]): Promise<void> {
    if (this.way !== 'sync') await Promise.all(ids.map((jobId) => this.ask('job:unsubscribe', { jobId })));
  }

  close(): void {
    this.socket.disconnect();
  }

  private async declare(ids: readonly string[]): Promise<void> {
    const jobs = Object.fromEntries(ids.map((id) => [id, 0]));
    this.hear((await this.ask<{ jobs: readonly Job[] }>('jobs:sync', { epoch: null, jobs })).jobs);
  }

  private hear(jobs: readonly Job[]): void {
    for (const { id, status } of jobs) if (isTerminal(status)) this.waiting.get(id)?.('answer');
  }

  private async ask<Data>(verb: string, payload: object): Promise<Data> {
    const answer = (await this.socket.timeout(LONGEST_WAIT_MS).emitWithAck(verb, payload)) as { ok: boolean; data: Data };
    if (!answer.ok) throw new Error(`${verb} was refused: ${JSON.stringify(answer)}`);
    return answer.data;
  }
}
