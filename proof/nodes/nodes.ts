import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../test-processes/free-port.ts';
import type { OwnProcess } from '../../test-processes/own-process.ts';
import { RedisServer } from '../../test-processes/redis-server.ts';
import { GatewayProcess } from '../rig/gateway-process.ts';
import { NginxProcess } from './nginx-process.ts';
import { startWorker } from './worker-process.ts';

type Gateways = readonly [GatewayProcess, GatewayProcess];

interface Others {
  readonly workers: readonly OwnProcess[];
  readonly redis: RedisServer;
  readonly dataDir: string;
}

type StartGateway = (port: number) => Promise<GatewayProcess>;

/** What `deploy/compose.yaml` starts, as processes of this machine: two gateways, workers, Redis, and nginx before them. */
export class Nodes {
  readonly nginx: NginxProcess;
  private current: Gateways;
  private readonly startGateway: StartGateway;
  private readonly workers: readonly OwnProcess[];
  private readonly redis: RedisServer;
  private readonly dataDir: string;

  private constructor(gateways: Gateways, startGateway: StartGateway, nginx: NginxProcess, others: Others) {
    this.current = gateways;
    this.startGateway = startGateway;
    this.nginx = nginx;
    this.workers = others.workers;
    this.redis = others.redis;
    this.dataDir = others.dataDir;
  }

  /**
   * @param pages the folder with the console
   * @param port where nginx listens; any that is free when left out
   */
  static async start(pages: string, port?: number): Promise<Nodes> {
    const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-nodes-'));
    const redis = await RedisServer.start({ appendOnly: true });
    const env = { REDIS_URL: redis.url, TRUST_PROXY: '1' };
    const startGateway: StartGateway = (gatewayPort) => GatewayProcess.start({ dataDir, port: gatewayPort, env });
    const gateways = [await startGateway(await freePort()), await startGateway(await freePort())] as const;
    const workers = [1, 2].map(() => startWorker({ REDIS_URL: redis.url, DATA_DIR: dataDir }));
    const nginx = await NginxProcess.start({ gateways: [gateways[0].port, gateways[1].port], pages, ...(port !== undefined && { port }) });
    return new Nodes(gateways, startGateway, nginx, { workers, redis, dataDir });
  }

  get gateways(): Gateways {
    return this.current;
  }

  /** Starts again what has ended, on its port. */
  async restartGateways(): Promise<void> {
    const [one, two] = this.current;
    const again = (gateway: GatewayProcess) => (gateway.alive ? gateway : this.startGateway(gateway.port));
    this.current = [await again(one), await again(two)];
  }

  async stop(): Promise<void> {
    await this.nginx.stop();
    await Promise.all([...this.workers, ...this.gateways].map((each) => each.kill()));
    await this.redis.remove();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
