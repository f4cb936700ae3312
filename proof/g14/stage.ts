import { RedisJobStore } from '@harmonia/job-engine';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test-processes/free-port.ts';
import { RedisServer } from '../../test-processes/redis-server.ts';
import { GatewayProcess } from '../rig/gateway-process.ts';
import { TcpLink } from '../rig/tcp-link.ts';
import { SECRET } from '../rig/token.ts';

/** Gateways and a store of our own, before one address behind which the Redis may be another one from now on. */
export class Stage {
  readonly gateways: GatewayProcess[] = [];
  readonly store: RedisJobStore;
  private readonly link: TcpLink;
  private readonly dataDir: string;
  private active: RedisServer;

  private constructor(redis: RedisServer, link: TcpLink, dataDir: string) {
    this.active = redis;
    this.link = link;
    this.dataDir = dataDir;
    this.store = RedisJobStore.open({ url: this.url, onTrouble: () => undefined });
  }

  static async open(nodes: number): Promise<Stage> {
    const redis = await RedisServer.start({ appendOnly: true });
    let stage: Stage | null = null;
    const link = await TcpLink.start(() => (stage ?? { redis }).redis.port);
    stage = new Stage(redis, link, await mkdtemp(join(tmpdir(), 'harmonia-g14-')));
    for (let node = 0; node < nodes; node++) await stage.addGateway();
    return stage;
  }

  get redis(): RedisServer {
    return this.active;
  }

  /** Another server answers at this address; the one before is gone. */
  async replaceBy(other: RedisServer): Promise<void> {
    const before = this.active;
    this.active = other;
    this.link.cut();
    await before.remove();
  }

  async close(): Promise<void> {
    await Promise.all(this.gateways.map((gateway) => gateway.kill()));
    await this.store.close();
    await this.link.close();
    await this.active.remove();
    await rm(this.dataDir, { recursive: true, force: true });
  }

  private get url(): string {
    return `redis://127.0.0.1:${this.link.port}`;
  }

  private async addGateway(): Promise<void> {
    const env = { REDIS_URL: this.url, JWT_SECRET: SECRET, DEMO_AUTH: 'false' };
    this.gateways.push(await GatewayProcess.start({ dataDir: this.dataDir, port: await freePort(), env }));
  }
}
