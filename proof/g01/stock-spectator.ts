import type { Job } from '@harmonia/contract';
import { io, type Socket } from 'socket.io-client';
import type { Random } from '../rig/random.ts';
import type { TcpLink } from '../rig/tcp-link.ts';
import type { Role } from './side.ts';
import type { Spectator } from './spectator.ts';

const MOST_VIEWS = 5;

/**
 * A client as the integration guide writes it: it takes what it is told, in the order in which it comes. When it is connected, and
 * its state was not recovered, it subscribes and loads again. The version is the judge's alone: the client decides nothing by it.
 */
export class StockSpectator implements Spectator {
  readonly name: string;
  admittedAt = 0;
  readonly endsToldTwice = 0;
  private readonly socket: Socket;
  private readonly jobs = new Map<string, Job>();
  private readonly named = new Set<string>();
  private readonly role: Role;

  constructor(
    role: Role,
    readonly link: TcpLink,
  ) {
    this.role = role;
    this.name = role.name;
    const options = { transports: ['websocket'], forceNew: true, reconnectionDelay: 300, reconnectionDelayMax: 2000 };
    this.socket = io(`http://127.0.0.1:${link.port}`, { auth: { token: role.userId }, ...options });
    this.socket.on('connect', () => this.begin());
    this.socket.on('disconnect', (reason) => void (reason === 'io server disconnect' && this.socket.connect()));
    for (const name of ['job:status', 'job:progress']) this.socket.on(name, (told: Partial<Job>) => this.take(told));
    this.socket.on('job:completed', ({ job }: { job: Job }) => this.take(job));
    this.socket.on('job:failed', ({ id, version }: Job) => this.take({ id, version, status: 'failed' }));
    this.socket.on('job:removed', ({ id }: Job) => void this.jobs.delete(id));
  }

  get isConnected(): boolean {
    return this.socket.connected;
  }

  watches(jobs: ReadonlyMap<string, Job>): ReadonlySet<string> {
    const theirs = [...jobs.values()].filter(({ userId }) => this.isList && userId === this.role.userId);
    return new Set([...this.named, ...(this.isList ? this.jobs.keys() : []), ...theirs.map(({ id }) => id)]);
  }

  shown(id: string): Job | null {
    return this.jobs.get(id) ?? null;
  }

  /** Of a job it has to show the status alone. */
  text({ status, version }: Job): string {
    return `${status} ${version}`;
  }

  act(random: Random, jobs: ReadonlyMap<string, Job>): void {
    if (this.isList) return;
    const wanted = random.pick([...jobs.values()].filter(({ userId }) => userId === this.role.userId));
    const [oldest] = this.named;
    if (oldest !== undefined && this.named.size >= MOST_VIEWS) this.leave(oldest);
    if (!wanted || this.named.has(wanted.id)) return;
    this.named.add(wanted.id);
    this.subscribe(wanted.id);
  }

  close(): void {
    this.socket.disconnect();
  }

  private get isList(): boolean {
    return this.role.view === 'list';
  }

  private begin(): void {
    this.admittedAt = Date.now();
    if (this.socket.recovered) return;
    this.named.forEach((jobId) => this.subscribe(jobId));
    if (this.isList) this.socket.emit('jobs:subscribe:user', () => void this.load({ userId: this.role.userId }));
  }

  private subscribe(jobId: string): void {
    this.socket.emit('job:subscribe', { jobId }, () => void this.load({ id: jobId }));
  }

  private async load(which: { readonly userId: string } | { readonly id: string }): Promise<void> {
    try {
      const query = new URLSearchParams(which);
      const answer = await fetch(`http://127.0.0.1:${this.link.port}/jobs?${query}`, { signal: AbortSignal.timeout(5000) });
      if (!answer.ok) throw new Error(`It was answered ${answer.status}.`);
      const loaded = (await answer.json()) as Job[];
      if ('id' in which) this.jobs.delete(which.id);
      else this.jobs.clear();
      for (const job of loaded) if (this.isList || this.named.has(job.id)) this.jobs.set(job.id, job);
    } catch {
      setTimeout(() => void this.load(which), 500).unref();
    }
  }

  private leave(jobId: string): void {
    this.named.delete(jobId);
    this.jobs.delete(jobId);
    this.socket.emit('job:unsubscribe', { jobId });
  }

  private take(told: Partial<Job>): void {
    const { id = '' } = told;
    if (!this.isList && !this.named.has(id)) return;
    this.jobs.set(id, { ...this.jobs.get(id), ...told } as Job);
  }
}
