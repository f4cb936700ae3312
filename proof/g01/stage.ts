import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test-processes/free-port.ts';
import { RedisServer } from '../../test-processes/redis-server.ts';
import { GatewayProcess } from '../rig/gateway-process.ts';
import type { Random } from '../rig/random.ts';
import { TcpLink } from '../rig/tcp-link.ts';

/** One gateway, which comes back on the same port after it was killed, and its own link to Redis. */
export interface Node {
  readonly port: number;
  readonly toRedis: TcpLink;
  process: GatewayProcess;
}

const repairsIn = (output: string): number => output.split('brought up to date').length - 1;

/** A Redis, two gateways, and a balancer that sends each new connection to either. */
export class Stage {
  private readonly dataDir: string;
  private readonly program: string | undefined;
  private env: Readonly<Record<string, string>> = {};
  readonly redis: RedisServer;
  readonly nodes: Node[] = [];
  private readonly links: TcpLink[] = [];
  private repairsBefore = 0;

  private constructor(redis: RedisServer, dataDir: string, program: string | undefined) {
    this.redis = redis;
    this.dataDir = dataDir;
    this.program = program;
  }

  /** Starts the Redis; the gateways come with {@link open}. */
  static async build(program: string | undefined): Promise<Stage> {
    return new Stage(await RedisServer.start({ appendOnly: true }), await mkdtemp(join(tmpdir(), 'harmonia-g01-')), program);
  }

  /** @param env variables of the gateways' environment */
  async open(env: Readonly<Record<string, string>>): Promise<void> {
    this.env = env;
    for (let node = 0; node < 2; node++) await this.addNode();
  }

  /** A link to whichever gateway is there when a client connects; `joined` hears which. */
  async linkToAny(random: Random, joined: (node: Node) => void = () => undefined): Promise<TcpLink> {
    const link = await TcpLink.start(() => {
      const node = random.pick(this.nodes.filter((one) => one.process.alive));
      if (node) joined(node);
      return node?.port ?? null;
    });
    this.links.push(link);
    return link;
  }

  /** Starts a killed gateway again. */
  async revive(node: Node): Promise<void> {
    this.repairsBefore += repairsIn(node.process.output);
    node.process = await this.gateway(node.port, node.toRedis);
  }

  /** How often gateways said that they brought their sockets up to date. */
  get repairs(): number {
    return this.nodes.reduce((sum, { process }) => sum + repairsIn(process.output), this.repairsBefore);
  }

  async end(): Promise<void> {
    await Promise.all(this.nodes.map(({ process }) => process.kill()));
    await Promise.all([...this.links, ...this.nodes.map(({ toRedis }) => toRedis)].map((link) => link.close()));
    await this.redis.remove();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private async addNode(): Promise<void> {
    const toRedis = await TcpLink.start(() => this.redis.port);
    const port = await freePort();
    this.nodes.push({ port, toRedis, process: await this.gateway(port, toRedis) });
  }

  private gateway(port: number, toRedis: TcpLink): Promise<GatewayProcess> {
    const env = { ...this.env, REDIS_URL: `redis://127.0.0.1:${toRedis.port}` };
    return GatewayProcess.start({ dataDir: this.dataDir, port, env, ...(this.program !== undefined && { program: this.program }) });
  }
}
