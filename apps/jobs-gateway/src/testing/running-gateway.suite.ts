import { isTerminal, type ClientToServerEvents, type Job, type JobStatus, type ServerToClientEvents } from '@harmonia/contract';
import { Logger } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io, type Socket } from 'socket.io-client';
import { readConfig, type Environment } from '../config.js';
import { startServer } from '../server.js';

/** The real server on a free port, with a data directory of its own. */
export class RunningGateway {
  private constructor(
    readonly app: NestExpressApplication,
    readonly url: string,
    readonly dataDir: string,
  ) {}

  static async start(environment: Environment = {}): Promise<RunningGateway> {
    Logger.overrideLogger(false);
    const dataDir = environment['DATA_DIR'] ?? (await mkdtemp(join(tmpdir(), 'harmonia-')));
    const app = await startServer(readConfig({ DEMO_AUTH: 'true', PORT: '0', DATA_DIR: dataDir, ...environment }));
    return new RunningGateway(app, await app.getUrl(), dataDir);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  async signIn(user: string): Promise<Person> {
    const answer = await fetch(`${this.url}/api/auth/demo`, json({ user }));
    const { token } = (await answer.json()) as { token: string };
    return new Person(this.url, token);
  }
}

/** What a request with a JSON body needs. */
export const json = (body: unknown) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** Someone who is signed in and speaks HTTP, as curl would. */
export class Person {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  fetch(path: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
    return fetch(this.url + path, { ...init, headers: { authorization: `Bearer ${this.token}`, ...headers } });
  }

  async create(jobType: string, input?: unknown): Promise<Job> {
    return (await (await this.fetch('/api/jobs', json({ jobType, input }))).json()) as Job;
  }

  async upload(jobType: string, name: string, content: Buffer<ArrayBuffer>): Promise<Job> {
    const body = new FormData();
    body.set('jobType', jobType);
    body.set('file', new Blob([content]), name);
    return (await (await this.fetch('/api/jobs', { method: 'POST', body })).json()) as Job;
  }

  async job(id: string): Promise<Job> {
    return (await (await this.fetch(`/api/jobs/${id}`)).json()) as Job;
  }

  /** Hears of all own jobs from now on. */
  async watch(): Promise<JobWatcher> {
    const socket: JobSocket = io(this.url, { auth: { token: this.token }, transports: ['websocket'], forceNew: true });
    const watcher = new JobWatcher(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('authenticated', () => resolve());
      socket.once('connect_error', reject);
    });
    await socket.emitWithAck('jobs:subscribe:user');
    return watcher;
  }
}

type JobSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

/** What a job looked like when something was heard of it. */
export type Heard = Pick<Job, 'id' | 'status' | 'progress'>;

/** Remembers every event of one user's jobs and tells when one looks as it should. */
export class JobWatcher {
  private readonly heard: Heard[] = [];
  private waiting: { matches: (heard: Heard) => boolean; resolve: (heard: Heard) => void }[] = [];

  constructor(private readonly socket: JobSocket) {
    socket.on('job:created', ({ job }) => this.hear(job));
    socket.on('job:status', (state) => this.hear(state));
    socket.on('job:progress', (state) => this.hear(state));
    socket.on('job:completed', ({ job }) => this.hear(job));
    socket.on('job:failed', (state) => this.hear(state));
  }

  /** The first event, heard already or still to come, that matches. */
  until(id: string, matches: (heard: Heard) => boolean): Promise<Heard> {
    const isIt = (heard: Heard) => heard.id === id && matches(heard);
    const known = this.heard.find(isIt);
    return known ? Promise.resolve(known) : new Promise((resolve) => this.waiting.push({ matches: isIt, resolve }));
  }

  async untilEnded(id: string): Promise<JobStatus> {
    return (await this.until(id, ({ status }) => isTerminal(status))).status;
  }

  /** Every different progress that was heard of a job, in order. */
  percentages(id: string): number[] {
    return [...new Set(this.heard.flatMap((heard) => (heard.id === id && heard.progress ? [heard.progress.percentage] : [])))];
  }

  close(): void {
    this.socket.disconnect();
  }

  private hear(heard: Heard): void {
    this.heard.push(heard);
    const told = this.waiting.filter(({ matches }) => matches(heard));
    this.waiting = this.waiting.filter((each) => !told.includes(each));
    for (const { resolve } of told) resolve(heard);
  }
}
