import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../test-processes/free-port.ts';
import { bundleProgram, type Mutation } from '../test-processes/program.ts';
import { RedisServer } from '../test-processes/redis-server.ts';
import { Person, type Farewell, type SessionNode } from './g08/person.ts';
import type { Figures, ProofOptions } from './proof.ts';
import { GatewayProcess } from './rig/gateway-process.ts';
import { quantile } from './rig/quantile.ts';
import { Random } from './rig/random.ts';
import { askOverHttp } from './rig/session-socket.ts';
import { TcpLink, type Weather } from './rig/tcp-link.ts';
import { SECRET, tokenOf } from './rig/token.ts';

/** What the campaign prints. */
export interface LogoutFigures extends Figures {
  readonly promise: 'G8';
  readonly seed: number;
  readonly endings: number;
  readonly outages: number;
  /** Those of sessions that were ended. */
  readonly sockets: number;
  /** From the ending, or from when its node reached Redis again. */
  readonly lateMs: { readonly p50: number | null; readonly p99: number | null; readonly most: number };
  readonly late: number;
  readonly wronglyClosed: number;
  readonly admittedAfterwards: number;
  /** Whatever was otherwise than promised, in words. */
  readonly faults: readonly string[];
}

const PROMISED_MS = 2000;
const PEOPLE = 8;
const OUTAGES: readonly Weather[] = [{ refuses: true }, { blackHole: 'both' }];

/**
 * [G8] People with sockets at two nodes sign out, or an admin ends their sessions, at either node, also while the other one is cut
 * off from Redis: their sockets are closed everywhere within 2 s, no door lets them in again, and nobody else is disturbed.
 */
export async function proveLogout({ seed, seconds }: ProofOptions, mutations: readonly Mutation[] = []): Promise<LogoutFigures> {
  const started = Date.now();
  const stage = await Stage.open(mutations);
  try {
    const random = new Random(seed);
    const farewells: Farewell[] = [];
    for (let round = 0; round < 2 || Date.now() - started < seconds * 1000; round++)
      farewells.push(...(await stage.round(random.branch(), round)));
    const late = farewells.flatMap(({ lateMs }) => lateMs);
    const sum = (of: (farewell: Farewell) => number) => farewells.reduce((total, farewell) => total + of(farewell), 0);
    const stayed = sum((farewell) => farewell.stayed);
    const figures = {
      endings: farewells.length,
      outages: stage.outages,
      sockets: late.length + stayed,
      lateMs: { p50: quantile(late, 0.5), p99: quantile(late, 0.99), most: Math.max(...late) },
      late: late.filter((ms) => ms > PROMISED_MS).length + stayed,
      wronglyClosed: sum(({ wronglyClosed }) => wronglyClosed),
      admittedAfterwards: sum(({ admitted }) => admitted),
      faults: [...new Set(farewells.flatMap(({ faults }) => faults))].slice(0, 10),
    };
    const broken = figures.late + figures.wronglyClosed + figures.admittedAfterwards + figures.faults.length > 0 || stage.outages === 0;
    return { promise: 'G8', seed, ...figures, seconds: Math.round((Date.now() - started) / 1000), broken };
  } finally {
    await stage.close();
  }
}

/** Two nodes on one Redis; the wire of the second one can be broken. */
class Stage {
  outages = 0;
  private people = 0;
  private readonly redis: RedisServer;
  private readonly link: TcpLink;
  private readonly dataDir: string;
  private readonly gateways: readonly GatewayProcess[];
  private readonly nodes: readonly [SessionNode, SessionNode];

  private constructor(redis: RedisServer, link: TcpLink, dataDir: string, gateways: readonly GatewayProcess[]) {
    this.redis = redis;
    this.link = link;
    this.dataDir = dataDir;
    this.gateways = gateways;
    const [one, two] = gateways.map(({ url }) => ({ url, reachesStoreSince: 0 }));
    if (!one || !two) throw new Error('There are two nodes.');
    this.nodes = [one, two];
  }

  static async open(mutations: readonly Mutation[]): Promise<Stage> {
    const redis = await RedisServer.start();
    const link = await TcpLink.start(() => redis.port);
    const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-g08-'));
    const program = await bundleProgram(new URL('./g07/node.program.ts', import.meta.url), { mutations });
    const gateways: GatewayProcess[] = [];
    for (const port of [redis.port, link.port]) {
      const env = { JWT_SECRET: SECRET, REDIS_URL: `redis://127.0.0.1:${port}` };
      gateways.push(await GatewayProcess.start({ dataDir, port: await freePort(), env, program }));
    }
    return new Stage(redis, link, dataDir, gateways);
  }

  async round(random: Random, number: number): Promise<readonly Farewell[]> {
    const people = Array.from({ length: PEOPLE }, () => new Person(`person-${++this.people}`, this.nodes));
    await Promise.all(people.map((person) => person.signIn(random)));
    const outage = number % 2 === 1 ? random.pick(OUTAGES) : undefined;
    if (outage) this.break(outage);
    // a node that does not reach its store can end nothing
    const nodes = outage ? this.nodes.slice(0, 1) : this.nodes;
    await Promise.all(people.map((person) => person.signOut(random, random.pick(nodes) ?? this.nodes[0])));
    if (outage) await this.heal(random.between(100, 1500));
    return Promise.all(people.map((person) => person.farewell()));
  }

  async close(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.kill()));
    await this.link.close();
    await this.redis.remove();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private break(weather: Weather): void {
    this.outages++;
    this.link.weather = weather;
    if (weather.refuses) this.link.cut();
    this.nodes[1].reachesStoreSince = Infinity;
  }

  private async heal(afterMs: number): Promise<void> {
    await pause(afterMs);
    this.link.weather = {};
    const token = tokenOf('probe');
    for (;;) {
      const askedAt = Date.now();
      if ((await askOverHttp(this.nodes[1].url, token, 'GET', '/api/jobs')).outcome === 'ok') {
        this.nodes[1].reachesStoreSince = askedAt;
        return;
      }
      await pause(20);
    }
  }
}
