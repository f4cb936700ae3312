import { RedisJobStore } from '@harmonia/job-engine';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { freePort } from '../../test-processes/free-port.ts';
import { RedisServer } from '../../test-processes/redis-server.ts';
import { Asker, type Said } from '../rig/asker.ts';
import { GatewayProcess } from '../rig/gateway-process.ts';
import { Random } from '../rig/random.ts';
import { TcpLink } from '../rig/tcp-link.ts';
import { SECRET, tokenOf } from '../rig/token.ts';
import { WatchingPage } from '../rig/watching-page.ts';
import { OUTAGES, type Outage, type OutageStage } from './outage.ts';

/** Longer, and it has not recovered. */
const RECOVERED_WITHIN_MS = 15_000;
const CLIENTS_WAIT_MS = 5000;
const JOBS = 6;
/** So many characters of a log find their place in it again: its lines name the time. */
const MARK = 400;
const IN_ORDER: ReadonlySet<string> = new Set(['ok', 'unavailable', 'status-conflict']);

/** What one outage came to. */
export interface OutageFigures {
  readonly kind: string;
  readonly asked: number;
  /** Later than clients wait [C9]. */
  readonly answeredLate: number;
  readonly slowestAnswerMs: number;
  /** Until a job could be created again and every view was true; null when that took too long. */
  readonly recoveredInMs: number | null;
  /** What should not have been, in words. */
  readonly faults: readonly string[];
}

/** One gateway, its Redis, and somebody who asks and watches through every outage. */
export class OutageCampaign {
  private readonly random: Random;
  private readonly stage: OutageStage;
  private readonly store: RedisJobStore;
  private readonly created: string[] = [];
  private gateway!: GatewayProcess;
  private page!: WatchingPage;
  private asker!: Asker;
  private worker!: Asker;
  private heard = '';
  private reports = 0;
  private deaths: string[] = [];

  private constructor(
    private readonly redis: RedisServer,
    private readonly link: TcpLink,
    private readonly dataDir: string,
    private readonly port: number,
    seed: number,
  ) {
    this.random = new Random(seed);
    this.stage = { redis, link, restart: () => this.restart() };
    this.store = RedisJobStore.open({ url: redis.url, onTrouble: () => undefined });
  }

  static async open(seed: number): Promise<OutageCampaign> {
    const redis = await RedisServer.start({ appendOnly: true });
    const link = await TcpLink.start(() => redis.port);
    const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g13-'));
    const campaign = new OutageCampaign(redis, link, dataDir, await freePort(), seed);
    await campaign.begin();
    return campaign;
  }

  /** The outages in an order that the seed decides, each once before any comes twice. */
  *outages(): Generator<Outage> {
    for (;;) for (const [, outage] of OUTAGES.map((one) => [this.random.next(), one] as const).sort(([a], [b]) => a - b)) yield outage;
  }

  async suffer(outage: Outage): Promise<OutageFigures> {
    const { kind, code } = outage;
    const process = this.gateway;
    const before = process.output.slice(-MARK);
    await outage.begin(this.stage);
    const said = await this.askThrough(this.random.between(500, 2500));
    const log = this.gateway === process ? saidAfter(before, process.output) : this.gateway.output;
    await outage.end(this.stage);
    await this.revive();
    const recoveredInMs = await this.recovered();
    return {
      kind,
      asked: said.length,
      answeredLate: said.filter(({ ms }) => ms > CLIENTS_WAIT_MS).length,
      slowestAnswerMs: Math.max(...said.map(({ ms }) => ms)),
      recoveredInMs,
      faults: [
        ...(log.includes(code) ? [] : [`its log does not name ${code}`]),
        ...said.flatMap(faultIn),
        ...(recoveredInMs === null ? [`did not recover: ${await this.whatIsWrong()}`] : []),
        ...this.deaths.splice(0),
        ...this.faultsInLog(),
      ],
    };
  }

  async close(): Promise<void> {
    [this.page, this.asker, this.worker].forEach((one) => one.close());
    await this.gateway.kill();
    await this.store.close();
    await this.link.close();
    await this.redis.remove();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async begin(): Promise<void> {
    this.gateway = await this.startGateway('/health/ready');
    this.asker = new Asker(this.gateway.url, tokenOf('ada'));
    this.worker = new Asker(this.gateway.url, tokenOf('worker', { scope: 'jobs:report' }));
    for (let job = 0; job < JOBS; job++) await this.create();
    this.page = await WatchingPage.open({ url: this.gateway.url, token: tokenOf('ada'), ids: this.created.slice(0, 2) });
    if ((await this.recovered()) === null) throw new Error(`It was not right before the first outage: ${await this.whatIsWrong()}`);
  }

  private startGateway(waitsFor: string): Promise<GatewayProcess> {
    const env = { REDIS_URL: `redis://127.0.0.1:${this.link.port}`, JWT_SECRET: SECRET, DEMO_AUTH: 'false' };
    return GatewayProcess.start({ dataDir: this.dataDir, port: this.port, env, waitsFor });
  }

  private async restart(): Promise<void> {
    await this.gateway.kill();
    this.heard = '';
    try {
      this.gateway = await this.startGateway('/health/live');
    } catch (error) {
      this.deaths.push(`the gateway ended: ${String(error).slice(0, 1500)}`);
    }
  }

  /** One that has ended is a fault, and is started again for the sake of the outages to come. */
  private async revive(): Promise<void> {
    if (this.gateway.alive) return;
    if (this.deaths.length === 0) this.deaths.push(`the gateway ended with ${this.gateway.end}: ${this.gateway.output.slice(-1500)}`);
    this.gateway = await this.startGateway('/health/ready');
  }

  /** Every kind of question, at once and again, until so much time is over. */
  private async askThrough(ms: number): Promise<readonly Said[]> {
    const until = Date.now() + ms;
    const said: Said[] = [];
    do {
      said.push(...(await Promise.all(this.questions())));
      await pause(50);
    } while (Date.now() < until);
    return said;
  }

  private questions(): Promise<Said>[] {
    const id = this.random.pick(this.created) ?? '';
    return [
      this.asker.ask('jobs:sync', { epoch: null, jobs: { [id]: 0 }, user: null }),
      this.asker.ask('job:subscribe', { jobId: id }),
      this.asker.ask('jobs:subscribe:user'),
      this.asker.http('GET', '/api/jobs'),
      this.asker.http('GET', `/api/jobs/${id}`),
      this.create(),
      this.report(id),
      this.asker.http('POST', `/api/jobs/${id}/cancel`),
    ];
  }

  private async create(): Promise<Said> {
    const id = `job-${this.random.between(0, 2 ** 31)}`;
    const said = await this.asker.http('POST', '/api/jobs', { jobType: 'external', id });
    if (said.outcome === 'ok') this.created.push(id);
    return said;
  }

  private report(id: string): Promise<Said> {
    const progress = { current: this.random.between(1, 9), total: 10 };
    return this.worker.http('POST', `/api/jobs/${id}/reports`, { attempt: 1, sequence: ++this.reports, progress });
  }

  private async recovered(): Promise<number | null> {
    const began = Date.now();
    let isWritable = false;
    while (Date.now() - began < RECOVERED_WITHIN_MS) {
      isWritable ||= (await this.create()).outcome === 'ok';
      if (isWritable && (await this.whatIsWrong()) === null) return Date.now() - began;
      await pause(20);
    }
    return null;
  }

  /** What is accepted is in Redis, and the page shows it so; null when all is right. */
  private async whatIsWrong(): Promise<string | null> {
    try {
      const { records } = await this.store.read(this.created);
      for (const id of this.created) {
        const job = records.get(id)?.job;
        if (!job) return `${id} was accepted and is not there`;
        const shown = this.page.shows(id);
        if (!isDeepStrictEqual(plain(shown), plain(job)))
          return `the page (${this.page.phase}) shows ${JSON.stringify(shown)} in place of ${JSON.stringify(job)}`;
      }
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  private faultsInLog(): string[] {
    const log = saidAfter(this.heard, this.gateway.output);
    this.heard = this.gateway.output.slice(-MARK);
    return (log.match(/.*(?:unhandled|MaxListeners).*/gi) ?? []).map((line) => `its log speaks of ${line}`);
  }
}

/** What was said since the end of it was this; only the end of all is kept. */
const saidAfter = (mark: string, output: string): string => output.slice(output.lastIndexOf(mark) + mark.length);

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');

/** Refused as `unavailable`; that a status does not allow it is in order at any time. */
function faultIn({ asked, outcome }: Said): string[] {
  return IN_ORDER.has(outcome) ? [] : [`${asked.replace(/job-\d+/, ':id')} was answered: ${outcome}`];
}
