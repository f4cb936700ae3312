import { framedJobs, type FramedJob, type Job, type JobsFrame } from '@harmonia/contract';
import {
  DiskFileStore,
  HarmoniaJobsModule,
  JOB_STORE,
  JobAccess,
  JobPublisher,
  SqliteJobStore,
  type HarmoniaJobsOptions,
  type JobStore,
} from '@harmonia/job-engine';
import type { INestApplication, LoggerService, ModuleMetadata } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { Test } from '@nestjs/testing';
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { useHarmoniaSockets } from './connection/use-harmonia-sockets.js';
import type { HarmoniaGatewayOptions, HarmoniaGatewayShape } from './gateway-options.js';
import { HarmoniaGatewayModule } from './gateway.module.js';
import type { HarmoniaLimitsOptions } from './limits/limits.js';
import { FrameFlush } from './jobs/frame-flush.js';
import { JobsGateway } from './jobs/jobs.gateway.js';

export const SECRET = 'a secret of the specs that is long enough';

const tokens = new JwtService({ secret: SECRET });

export const tokenOf = (userId: string, claims: object = {}): string => tokens.sign({ sub: userId, ...claims }, { expiresIn: '1h' });

export const adminToken = (userId: string): string => tokenOf(userId, { roles: ['admin'] });

/** A spec does in a moment what people do in an hour. */
const OF_A_LOAD: HarmoniaLimitsOptions = {
  watchesPerSocket: 1e6,
  socketsPerUser: 1e6,
  unauthenticatedPerAddress: 1e6,
  eventsPerSecond: 1e6,
  burst: 1e6,
  messageBytes: 64 * 1024,
};

/** How the application of a spec differs from the usual one. */
export interface SocketAppOptions {
  readonly jobs?: Partial<HarmoniaJobsOptions>;
  readonly gateway?: Partial<HarmoniaGatewayOptions & HarmoniaGatewayShape>;
  readonly imports?: NonNullable<ModuleMetadata['imports']>;
  readonly logger?: LoggerService | false;
  readonly prepare?: (app: INestApplication) => void;
}

/** The two modules, with a store in memory and without runner and HTTP unless the options say otherwise. */
export const modulesOf = ({ jobs, gateway }: Pick<SocketAppOptions, 'jobs' | 'gateway'> = {}) => [
  HarmoniaJobsModule.forRoot({
    store: () => SqliteJobStore.open({ directory: ':memory:' }),
    // nothing here writes a file
    files: new DiskFileStore(join(tmpdir(), 'harmonia-sockets')),
    runner: false,
    jobTypes: ['simulate'],
    progressIntervalMs: 1,
    ...jobs,
  }),
  HarmoniaGatewayModule.forRoot({ jwt: { secret: SECRET }, http: false, limits: OF_A_LOAD, ...gateway } as never),
];

/** A plain Nest application with Harmonia in it, on a free port; runner and HTTP are off, the store is in memory. */
export class SocketApp {
  private readonly clients: Client[] = [];

  private constructor(
    readonly app: INestApplication,
    readonly url: string,
    readonly store: JobStore,
  ) {}

  static async start(options: SocketAppOptions = {}): Promise<SocketApp> {
    const app = await SocketApp.make(options);
    await app.listen(0, '127.0.0.1');
    return new SocketApp(app, await app.getUrl(), app.get<JobStore>(JOB_STORE));
  }

  /** The application before it listens. */
  static async make({ jobs, gateway, imports = [], logger = false, prepare = useHarmoniaSockets }: SocketAppOptions = {}) {
    const testing = await Test.createTestingModule({ imports: [...imports, ...modulesOf({ jobs, gateway })] }).compile();
    const app = testing.createNestApplication({ logger });
    prepare(app);
    return app;
  }

  get publisher(): JobPublisher {
    return this.app.get(JobPublisher);
  }

  get access(): JobAccess {
    return this.app.get(JobAccess);
  }

  get gateway(): JobsGateway {
    return this.app.get(JobsGateway);
  }

  /** What waits for the next frame goes now. */
  sendFrames(): void {
    this.app.get(FrameFlush).flush();
  }

  /** A job of this user, which is queued. */
  async job(userId: string, id?: string): Promise<string> {
    const job = await this.publisher.created({ userId, jobType: 'simulate', ...(id !== undefined && { id }) });
    return job.id;
  }

  /** A client that has not connected yet; a *plain* one unless `auth` says otherwise [E3]. */
  client(auth: Record<string, unknown>, options: Partial<ManagerOptions & SocketOptions> = {}, namespace = ''): Client {
    const socket = io(this.url + namespace, { auth, transports: ['websocket'], forceNew: true, reconnection: false, ...options });
    const client = new Client(socket, () => this.sendFrames());
    this.clients.push(client);
    return client;
  }

  /** A client that is connected and was told who it is. */
  async connected(token: string, auth: Record<string, unknown> = {}): Promise<Client> {
    const client = this.client({ token, ...auth });
    await client.next('authenticated');
    return client;
  }

  async stop(): Promise<void> {
    this.clients.forEach(({ socket }) => socket.disconnect());
    await this.app.close();
  }
}

/** What the server sends is looked at freely by the specs. */
export type Loose = ReturnType<typeof JSON.parse>;

/** What a client has received, in order. */
export interface Received {
  readonly name: string;
  readonly payload: Loose;
}

/** What was told of one job. */
export interface Told {
  readonly name: string;
  readonly id: string;
  readonly version: number;
}

/** What a frame says, which is in order. */
export function linesOf({ at, jobs = '', deflated }: JobsFrame): readonly FramedJob[] {
  const lines = deflated === undefined ? jobs : inflateRawSync(Buffer.from(deflated, 'base64')).toString();
  return framedJobs(lines, at) ?? assert.fail('The frame is not in order.');
}

/** A real client that remembers everything it was sent. */
export class Client {
  readonly received: Received[] = [];
  private readonly waiting = new Set<() => void>();

  constructor(
    readonly socket: Socket,
    private readonly flush: () => void = () => undefined,
  ) {
    const remember = (name: string, payload?: unknown) => {
      this.received.push({ name, payload });
      this.waiting.forEach((look) => look());
    };
    socket.onAny(remember);
    socket.on('connect', () => remember('connect'));
    socket.on('disconnect', (reason) => remember('disconnect', reason));
    socket.on('connect_error', (error) => remember('connect_error', error));
  }

  /** The payload of the first event of this name, past or to come, that fits. */
  next(name: string, fits: (payload: Loose) => boolean = () => true): Promise<Loose> {
    return this.when(() => this.received.find((one) => one.name === name && fits(one.payload))).then(({ payload }) => payload);
  }

  /** When this version of a job was told, by itself or in a frame. */
  async hears({ id, version }: Pick<Job, 'id' | 'version'>): Promise<void> {
    await this.when(() => this.told.find((one) => one.id === id && one.version === version));
  }

  /** Asks with an acknowledgement. */
  ask(verb: string, ...payload: unknown[]): Promise<Loose> {
    return this.socket.emitWithAck(verb, ...payload);
  }

  /** Asks without one. */
  say(verb: string, ...payload: unknown[]): void {
    this.socket.emit(verb, ...payload);
  }

  /** Everything of jobs that was to be sent until now has arrived: answers and events keep their order. */
  async settled(): Promise<void> {
    this.flush();
    await this.ask('job:unsubscribe', { jobId: 'nothing' });
  }

  /** What was told of jobs so far, in order; a frame tells of several. */
  get told(): readonly Told[] {
    return this.received.flatMap(({ name, payload }) => {
      if (name === 'jobs:frame') return linesOf(payload).map(({ id, version }) => ({ name, id, version }));
      const { id, version } = payload?.job ?? payload ?? {};
      return name.startsWith('job:') ? [{ name, id, version }] : [];
    });
  }

  /** The names and versions of what was told of jobs. */
  get events(): string[] {
    return this.told.map(({ name, version }) => `${name} ${version}`);
  }

  clear(): void {
    this.received.length = 0;
  }

  private when<Found>(find: () => Found | undefined): Promise<Found> {
    return new Promise((resolve) => {
      const look = () => {
        const found = find();
        if (found === undefined) return;
        this.waiting.delete(look);
        resolve(found);
      };
      this.waiting.add(look);
      look();
    });
  }
}
