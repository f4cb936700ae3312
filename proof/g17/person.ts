import { io, type Socket } from 'socket.io-client';
import { tokenOf } from '../rig/token.ts';

/** Those who share jobs with each other, and with nobody else. */
export const GROUPS = ['red', 'green', 'blue'] as const;
export type Group = (typeof GROUPS)[number];

/** The job of a group. */
export const jobOf = (group: Group): string => `job-of-${group}`;

/** What everybody's wires said, and whether any of it was not for them. */
export interface Wiretap {
  frames: number;
  leaks: number;
}

/** Who comes, and where. */
export interface Arrival {
  readonly url: string;
  readonly id: string;
  /** Null: a stranger, who may see nobody. */
  readonly group: Group | null;
  readonly isPlain: boolean;
}

/** Somebody with one connection, who tries to see more than they may, and whose every frame is read. */
export class Person {
  readonly id: string;
  readonly group: Group | null;
  readonly joinedAt = Date.now();
  isWatching = false;
  /** When they went, ms since 1970; null while they are there. */
  goneAt: number | null = null;
  private readonly socket: Socket;

  private constructor(id: string, group: Group | null, socket: Socket) {
    this.id = id;
    this.group = group;
    this.socket = socket;
    socket.on('disconnect', () => (this.goneAt ??= Date.now()));
  }

  /** Null when the node died meanwhile. */
  static async join({ url, id, group, isPlain }: Arrival, wiretap: Wiretap): Promise<Person | null> {
    const auth = { token: tokenOf(id), ...(!isPlain && { protocol: 1 }) };
    const socket = io(url, { auth, transports: ['websocket'], forceNew: true, reconnection: false });
    const person = new Person(id, group, socket);
    const others = GROUPS.filter((one) => one !== group).map((one) => `${one}-`);
    const isConnected = await new Promise<boolean>((resolve) => {
      socket.once('authenticated', () => resolve(true));
      socket.once('connect_error', () => resolve(false));
      // killed after it took the connection, and before it let anybody in
      socket.once('disconnect', () => resolve(false));
    });
    socket.io.engine.on('packet', ({ data }: { data?: unknown }) => {
      wiretap.frames++;
      if (others.some((prefix) => String(data).includes(prefix))) wiretap.leaks++;
    });
    return isConnected ? person : null;
  }

  /** Takes part on the job of the group, and is refused everywhere else. */
  async look(): Promise<void> {
    for (const group of GROUPS) {
      const jobId = jobOf(group);
      await this.ask('job:subscribe', { jobId });
      const answer = await this.ask('presence:watch', { jobId });
      if (group === this.group) this.isWatching = answer?.ok === true;
    }
    await this.ask('presence:watch:all');
  }

  /** The ids of those who are shown on the job of the group. */
  async sees(): Promise<readonly string[]> {
    const answer = this.group && (await this.ask('presence:watch', { jobId: jobOf(this.group) }));
    return answer?.data?.viewers?.map(({ userId }) => userId) ?? [];
  }

  leave(): void {
    this.goneAt ??= Date.now();
    this.socket.disconnect();
  }

  /** Null when there is no answer any more, since the node died. */
  private ask(verb: string, ...payload: readonly unknown[]): Promise<Answer | null> {
    return new Promise((resolve) => {
      if (!this.socket.connected) return resolve(null);
      const died = () => resolve(null);
      this.socket.once('disconnect', died);
      this.socket.timeout(3000).emit(verb, ...payload, (error: Error | null, answer: Answer) => {
        this.socket.off('disconnect', died);
        resolve(error ? null : answer);
      });
    });
  }
}

interface Answer {
  readonly ok: boolean;
  readonly data?: { readonly viewers?: readonly { readonly userId: string }[] };
}
