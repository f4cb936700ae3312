import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, GatewayProcess } from '../rig/gateway-process.ts';
import type { OwnProcess } from '../rig/own-process.ts';
import { RedisProcess } from '../rig/redis-process.ts';
import { NginxProcess } from './nginx-process.ts';
import { startWorker } from './worker-process.ts';

/** What `deploy/compose.yaml` starts, as processes of this machine: two gateways, workers, Redis, and nginx before them. */
export class Nodes {
  readonly gateways: readonly [GatewayProcess, GatewayProcess];
  readonly nginx: NginxProcess;
  private readonly workers: readonly OwnProcess[];
  private readonly redis: RedisProcess;
  private readonly dataDir: string;

  private constructor(parts: Pick<Nodes, 'gateways' | 'nginx'>, workers: readonly OwnProcess[], redis: RedisProcess, dataDir: string) {
    this.gateways = parts.gateways;
    this.nginx = parts.nginx;
    this.workers = workers;
    this.redis = redis;
    this.dataDir = dataDir;
  }

  /**
   * @param pages the folder with the console
   * @param port where nginx listens; any that is free when left out
   */
  static async start(pages: string, port?: number): Promise<Nodes> {
    const dataDir = await mkdtemp(join(tmpdir(), 'harmonia-nodes-'));
    const redis = await RedisProcess.start();
    const env = { REDIS_URL: redis.url, TRUST_PROXY: '1' };
    const gateway = async () => GatewayProcess.start({ dataDir, port: await freePort(), env });
    const gateways = [await gateway(), await gateway()] as const;
    const workers = [1, 2].map(() => startWorker({ REDIS_URL: redis.url, DATA_DIR: dataDir }));
    const nginx = await NginxProcess.start({ gateways: [gateways[0].port, gateways[1].port], pages, ...(port !== undefined && { port }) });
    return new Nodes({ gateways, nginx }, workers, redis, dataDir);
  }

  async stop(): Promise<void> {
    await this.nginx.stop();
    await Promise.all([...this.workers, ...this.gateways].map((each) => each.kill()));
    await this.redis.remove();
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
