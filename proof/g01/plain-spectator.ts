import { EPOCH_HEADER, type Job } from '@harmonia/contract';
import { io, type Socket } from 'socket.io-client';
import type { Random } from '../rig/random.ts';
import type { TcpLink } from '../rig/tcp-link.ts';
import { lightText, type Spectator } from './spectator.ts';

/** What a plain client watches. */
export interface PlainOptions {
  readonly name: string;
  readonly userId: string;
  readonly token: string;
  readonly list: 'user' | 'all' | null;
}

type Told = { readonly epoch: string } & Partial<Job> & { readonly job?: Job };

const MOST_VIEWS = 5;
const AGAIN_MS = 300;

/**
 * A client in few lines, as the integration guide makes them: plain socket.io, single events, a list that it loads again
 * whenever it is connected. Of a job it takes what has a higher version [C1], and it begins anew with another epoch.
 */
export class PlainSpectator implements Spectator {
  readonly name: string;
  isConnected = false;
  admittedAt = 0;
  readonly endsToldTwice = 0;
  private readonly socket: Socket;
  private readonly jobs = new Map<string, Job>();
  private readonly named = new Set<string>();
  private readonly graves = new Map<string, number>();
  private readonly options: PlainOptions;
  private epoch = '';
  private loads = 0;
  private touched = new Set<string>();

  constructor(
    options: PlainOptions,
    readonly link: TcpLink,
  ) {
    this.options = options;
    this.name = options.name;
    const delays = { reconnectionDelay: 300, reconnectionDelayMax: 2000 };
    this.socket = io(`http://127.0.0.1:${link.port}`, {
      auth: { token: options.token },
      transports: ['websocket'],
      forceNew: true,
      ...delays,
    });
    this.socket.on('authenticated', () => this.begin());
    this.socket.on('disconnect', (reason) => this.end(reason));
    for (const name of ['job:created', 'job:status', 'job:progress', 'job:completed', 'job:failed'])
      this.socket.on(name, (told: Told) => this.hear(told.epoch, told.job ?? told));
    this.socket.on('job:removed', ({ epoch, id, version }: Told & { id: string; version: number }) => this.remove(epoch, id, version));
  }

  watches(jobs: ReadonlyMap<string, Job>): ReadonlySet<string> {
    const { list, userId } = this.options;
    const listed = list === null ? [] : [...jobs.values(), ...this.jobs.values()].filter((job) => list === 'all' || job.userId === userId);
    return new Set([...this.named, ...listed.map(({ id }) => id)]);
  }

  shown(id: string): Job | null {
    return this.jobs.get(id) ?? null;
  }

  readonly text = lightText;

  act(random: Random, jobs: ReadonlyMap<string, Job>): void {
    if (this.options.list !== null) return;
    const wanted = random.pick([...jobs.values()].filter(({ userId }) => userId === this.options.userId));
    const [oldest] = this.named;
    if (oldest !== undefined && this.named.size >= MOST_VIEWS) this.leave(oldest);
    if (!wanted || this.named.has(wanted.id)) return;
    this.named.add(wanted.id);
    this.subscribe(wanted.id);
  }

  close(): void {
    this.socket.disconnect();
  }

  private begin(): void {
    this.isConnected = true;
    this.admittedAt = Date.now();
    this.watchAll();
  }

  private end(reason: string): void {
    this.isConnected = false;
    this.loads++;
    // socket.io comes back by itself unless it was told to go
    if (reason === 'io server disconnect') this.socket.connect();
  }

  private watchAll(): void {
    this.named.forEach((id) => this.subscribe(id));
    if (this.options.list !== null) void this.watchList();
  }

  private async watchList(): Promise<void> {
    const load = ++this.loads;
    for (let done = false; !done && load === this.loads && this.socket.connected;) {
      this.touched = new Set();
      const joined: unknown = await this.socket
        .timeout(5000)
        .emitWithAck(`jobs:subscribe:${this.options.list}`)
        .catch(() => null);
      done = isOk(joined) && (await this.loadList(load).catch(() => false));
      if (!done) await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  private async loadList(load: number): Promise<boolean> {
    const loaded: Job[] = [];
    for (let page: string | null = ''; page !== null;) {
      const query = new URLSearchParams({ limit: '100', ...(this.options.list === 'all' && { scope: 'all' }), ...(page && { page }) });
      const answer = await fetch(`http://127.0.0.1:${this.link.port}/api/jobs?${query}`, {
        headers: { authorization: `Bearer ${this.options.token}` },
        signal: AbortSignal.timeout(5000),
      });
      if (!answer.ok || load !== this.loads) return false;
      const listed = (await answer.json()) as { jobs: Job[]; nextPage: string | null };
      this.adopt(answer.headers.get(EPOCH_HEADER) ?? '');
      loaded.push(...listed.jobs);
      page = listed.nextPage;
    }
    loaded.forEach((job) => this.take(job));
    const listed = new Set(loaded.map(({ id }) => id));
    for (const id of this.jobs.keys()) if (!listed.has(id) && !this.touched.has(id)) this.jobs.delete(id);
    return true;
  }

  private subscribe(jobId: string): void {
    if (!this.socket.connected) return;
    this.socket
      .timeout(5000)
      .emitWithAck('job:subscribe', { jobId })
      .then((answer: unknown) => {
        if (isOk(answer)) return;
        // a job that is gone is not shown any more; whatever else was in the way is asked for again
        if (isGone(answer)) this.jobs.delete(jobId);
        else this.subscribeLater(jobId);
      })
      .catch(() => this.subscribeLater(jobId));
  }

  private subscribeLater(jobId: string): void {
    setTimeout(() => {
      if (this.named.has(jobId)) this.subscribe(jobId);
    }, AGAIN_MS);
  }

  private leave(jobId: string): void {
    this.named.delete(jobId);
    this.jobs.delete(jobId);
    if (this.socket.connected) this.socket.emit('job:unsubscribe', { jobId });
  }

  private hear(epoch: string, told: Partial<Job>): void {
    if (this.adopt(epoch)) this.watchAll();
    this.take(told);
  }

  private take(told: Partial<Job>): void {
    const { id = '', version = 0 } = told;
    const known = this.jobs.get(id);
    this.touched.add(id);
    // the same version comes in two events where a start brings progress
    if (version >= (known?.version ?? 0) && version > (this.graves.get(id) ?? 0)) this.jobs.set(id, { ...known, ...told } as Job);
  }

  private remove(epoch: string, id: string, version: number): void {
    if (this.adopt(epoch)) this.watchAll();
    this.touched.add(id);
    // of version 0: at which it went is not known [F2]
    if (version > 0) this.graves.set(id, version);
    if (version > 0 && version < (this.jobs.get(id)?.version ?? 0)) return;
    this.jobs.delete(id);
    // that ends the watch of a plain client, whatever past a store goes back to
    this.named.delete(id);
  }

  /** Whether this epoch is a new one: then nothing of the one before counts. */
  private adopt(epoch: string): boolean {
    if (epoch === this.epoch) return false;
    const isFirst = this.epoch === '';
    this.epoch = epoch;
    this.jobs.clear();
    this.graves.clear();
    return !isFirst;
  }
}

const isOk = (answer: unknown): boolean => typeof answer === 'object' && answer !== null && 'ok' in answer && answer.ok === true;
const isGone = (answer: unknown): boolean => JSON.stringify(answer).includes('job-not-found');
