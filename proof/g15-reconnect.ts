import type { Job } from '@harmonia/contract';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CalledProgram } from '../test-processes/called-program.ts';
import { freePort } from '../test-processes/free-port.ts';
import { RedisServer } from '../test-processes/redis-server.ts';
import type { CrowdOrder, CrowdState } from './g15/crowd.program.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { cpuTimeOf } from './rig/cpu-time.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { quantile } from './rig/quantile.ts';
import { TcpLink } from './rig/tcp-link.ts';
import { SECRET, tokenOf } from './rig/token.ts';

const PROGRAM = new URL('./g15/crowd.program.ts', import.meta.url);
const PROMISED_MS = 10_000;
const LONGEST_WAIT_MS = 60_000;
const CLIENTS = 2000;
const CLIENTS_IN_SHORT = 300;
const SHORT_SECONDS = 30;
const CLIENTS_PER_USER = 10;
const JOBS_PER_USER = 5;
const PROCESSES = 2;

/** What the campaign prints. */
export interface ReconnectFigures extends Figures {
  readonly promise: 'G15';
  readonly clients: number;
  /** Live again: let in by the other node, all watches declared and answered. */
  readonly reconnected: number;
  readonly reconnectedInMs: { readonly p50: number | null; readonly p99: number | null; readonly last: number | null };
  readonly cpuMsPerClient: { readonly client: number; readonly node: number | null };
  /** Jobs shown, and shown otherwise than they are, on all pages together, after changes that were made while the node was dead. */
  readonly viewsCompared: number;
  readonly mismatches: number;
}

/** [G15] One of two nodes dies with all clients on it; each is a whole page of the client library, as many in one process as fit. */
export async function proveReconnect({ seconds }: ProofOptions): Promise<ReconnectFigures> {
  const clients = seconds < SHORT_SECONDS ? CLIENTS_IN_SHORT : CLIENTS;
  const started = Date.now();
  const dying = await Crowd.gather(clients);
  try {
    const figures = await dying.kill();
    const { reconnected, reconnectedInMs, mismatches } = figures;
    const isLate = reconnected < clients || (reconnectedInMs.last ?? Infinity) > PROMISED_MS;
    return { promise: 'G15', clients, ...figures, seconds: Math.round((Date.now() - started) / 1000), broken: isLate || mismatches > 0 };
  } finally {
    await dying.end();
  }
}

/** All clients, and the two nodes. */
class Crowd {
  private readonly redis: RedisServer;
  private readonly dataDir: string;
  private readonly users: readonly string[];
  private readonly gateways: GatewayProcess[] = [];
  private readonly programs: CalledProgram[] = [];
  private link: TcpLink | null = null;

  private constructor(redis: RedisServer, dataDir: string, clients: number) {
    this.redis = redis;
    this.dataDir = dataDir;
    this.users = Array.from({ length: clients }, (_, client) => `user-${Math.floor(client / CLIENTS_PER_USER)}`);
  }

  /** All on the first node, live. */
  static async gather(clients: number): Promise<Crowd> {
    const crowd = new Crowd(await RedisServer.start({ appendOnly: true }), await mkdtemp(join(tmpdir(), 'harmonia-g15-')), clients);
    try {
      for (let node = 0; node < 2; node++) await crowd.addGateway();
      for (const user of crowd.everyUser)
        for (let job = 0; job < JOBS_PER_USER; job++) await crowd.post(user, '/api/jobs', { jobType: 'external', id: `${user}-${job}` });
      await crowd.openPages();
      return crowd;
    } catch (error) {
      await crowd.end();
      throw error;
    }
  }

  async kill(): Promise<Omit<ReconnectFigures, 'promise' | 'clients' | 'seconds' | 'broken'>> {
    const [first, second] = this.gateways;
    if (!first || !second) throw new Error('There are two gateways.');
    const before = await this.states(0);
    const nodeBefore = await cpuTimeOf(second.pid);
    const killedAt = Date.now();
    await first.kill();
    for (const user of this.everyUser) {
      const report = { attempt: 1, sequence: 1, progress: { current: 1, total: 2, message: 'While the node was dead' } };
      await this.post('worker', `/api/jobs/${user}-0/reports`, report);
    }
    const after = await this.allLive(killedAt);
    const nodeAfter = await cpuTimeOf(second.pid);
    const times = after.flatMap(({ liveAfter }) => liveAfter);
    const cpu = (states: readonly CrowdState[]) => states.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
    const perClient = (ms: number) => Math.round((ms / this.users.length) * 100) / 100;
    return {
      reconnected: times.length,
      reconnectedInMs: { p50: quantile(times, 0.5), p99: quantile(times, 0.99), last: quantile(times, 1) },
      cpuMsPerClient: {
        client: perClient(cpu(after) - cpu(before)),
        node: nodeBefore === null || nodeAfter === null ? null : perClient(nodeAfter - nodeBefore),
      },
      viewsCompared: this.users.length * JOBS_PER_USER,
      mismatches: await this.mismatches(),
    };
  }

  async end(): Promise<void> {
    await Promise.all(this.programs.map((program) => program.stop()));
    await Promise.all(this.gateways.map((gateway) => gateway.kill()));
    await this.link?.close();
    await this.redis.remove();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private get everyUser(): ReadonlySet<string> {
    return new Set(this.users);
  }

  private async addGateway(): Promise<void> {
    const env = { REDIS_URL: this.redis.url, JWT_SECRET: SECRET, DEMO_AUTH: 'false' };
    this.gateways.push(await GatewayProcess.start({ dataDir: this.dataDir, port: await freePort(), env }));
  }

  /** As behind a balancer: whoever connects comes to the first node that is alive. */
  private async openPages(): Promise<void> {
    this.link = await TcpLink.start(() => this.gateways.find(({ alive }) => alive)?.port ?? null);
    const url = `http://127.0.0.1:${this.link.port}`;
    for (let part = 0; part < PROCESSES; part++) {
      const program = await CalledProgram.start(PROGRAM, { inline: ['@angular/', '@ngrx/'] });
      this.programs.push(program);
    }
    const ofPart = (part: number) => this.users.filter((_, client) => client % PROCESSES === part);
    await Promise.all(this.programs.map((program, part) => program.call('open', { url, users: ofPart(part) } satisfies CrowdOrder)));
    const live = await this.allLive(0);
    const count = live.flatMap(({ liveAfter }) => liveAfter).length;
    if (count < this.users.length) throw new Error(`Only ${count} of ${this.users.length} clients came to be live.`);
  }

  private states(moment: number): Promise<readonly CrowdState[]> {
    return Promise.all(this.programs.map((program) => program.call<CrowdState>('state', moment)));
  }

  private async allLive(moment: number): Promise<readonly CrowdState[]> {
    const deadline = Date.now() + LONGEST_WAIT_MS;
    for (;;) {
      const states = await this.states(moment);
      const count = states.reduce((sum, { liveAfter }) => sum + liveAfter.length, 0);
      if (count >= this.users.length || Date.now() > deadline) return states;
      await pause(100);
    }
  }

  /** Once what is on its way has arrived. */
  private async mismatches(): Promise<number> {
    const jobsOf = new Map<string, readonly Job[]>();
    for (const user of this.everyUser) jobsOf.set(user, await this.jobsOf(user));
    const deadline = Date.now() + PROMISED_MS;
    for (;;) {
      const wrong = await Promise.all(this.programs.map((program) => program.call<number>('wrong', jobsOf)));
      const sum = wrong.reduce((one, other) => one + other, 0);
      if (sum === 0 || Date.now() > deadline) return sum;
      await pause(100);
    }
  }

  private async jobsOf(user: string): Promise<readonly Job[]> {
    const answer = await this.ask(user, 'GET', '/api/jobs');
    return ((await answer.json()) as { jobs: Job[] }).jobs;
  }

  private async post(user: string, path: string, body: object): Promise<void> {
    const answer = await this.ask(user, 'POST', path, JSON.stringify(body));
    if (!answer.ok) throw new Error(`POST ${path} was answered ${answer.status}: ${await answer.text()}`);
  }

  private ask(user: string, method: string, path: string, body: string | null = null): Promise<Response> {
    const gateway = this.gateways.find(({ alive }) => alive);
    const headers = { authorization: `Bearer ${tokenOf(user, { scope: 'jobs:report' })}`, 'content-type': 'application/json' };
    return fetch(`${gateway?.url}${path}`, { method, headers: body === null ? { authorization: headers.authorization } : headers, body });
  }
}
