import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { OwnProcess } from '../../test-processes/own-process.ts';

const MAIN = new URL('../../dist/apps/jobs-gateway/main.js', import.meta.url);
const KILL_HOOK = new URL('./kill-after-commit.mjs', import.meta.url);

/** Further than any campaign goes; those that try the limits themselves say `LIMITS: ''`. */
const LIMITS_OF_A_LOAD = [
  'socketsPerUser',
  'unauthenticatedPerAddress',
  'eventsPerSecond',
  'burst',
  'requestsPerMinute',
  'refusedPerMinute',
]
  .map((name) => `${name}=1000000`)
  .join();

/** How a gateway is started. */
export interface GatewayOptions {
  readonly dataDir: string;
  readonly port: number;
  /** The process ends itself with SIGKILL between this commit and its emit. */
  readonly killAfterCommits?: number;
  /** A module that is loaded before the program. */
  readonly hook?: URL;
  /** Further variables of its environment, as REDIS_URL. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another program than the built gateway, which knows the same variables. */
  readonly program?: string;
  /** What has to answer before it counts as started; null: nothing is waited for. Default `/health/ready`. */
  readonly waitsFor?: string | null;
}

/** The built gateway as a process of its own: the real program, with nothing of it replaced. */
export class GatewayProcess {
  readonly url: string;
  readonly port: number;
  private readonly own: OwnProcess;
  private readonly waitsFor: string | null;

  private constructor(own: OwnProcess, { port, waitsFor = '/health/ready' }: GatewayOptions) {
    this.own = own;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.waitsFor = waitsFor;
  }

  /** Starts the gateway and waits until it is ready. */
  static async start(options: GatewayOptions): Promise<GatewayProcess> {
    const { dataDir, port, killAfterCommits, env = {}, program = fileURLToPath(MAIN), hook } = options;
    const hooks = [...(killAfterCommits ? [KILL_HOOK] : []), ...(hook ? [hook] : [])].flatMap(({ href }) => ['--import', href]);
    const own = new OwnProcess(process.execPath, ['--enable-source-maps', ...hooks, program], {
      PATH: process.env['PATH'],
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_DIR: dataDir,
      DEMO_AUTH: 'true',
      // campaigns do in a moment what people do in an hour
      LIMITS: LIMITS_OF_A_LOAD,
      KILL_AFTER_COMMITS: String(killAfterCommits ?? 0),
      ...env,
    });
    const gateway = new GatewayProcess(own, options);
    for (let tries = 0; gateway.waitsFor !== null && tries < 600 && gateway.alive; tries++) {
      if (await gateway.ready()) return gateway;
      await pause(50);
    }
    // with a kill hook the process may end before it is ready: that is a kill like any other
    if (gateway.waitsFor === null || (killAfterCommits && !gateway.alive)) return gateway;
    await gateway.kill();
    throw new Error(`The gateway did not become ready.\n${gateway.complaint}`);
  }

  get alive(): boolean {
    return this.own.alive;
  }

  /** What it ended with: a status, or the name of a signal; null while it is alive. */
  get end(): number | string | null {
    return this.own.end;
  }

  get pid(): number | undefined {
    return this.own.pid;
  }

  /** The end of what it said, on standard output and error alike. */
  get output(): string {
    return this.own.output;
  }

  /** The end of what it said on standard error. */
  get complaint(): string {
    return this.own.complaint;
  }

  /** SIGKILL, and waits until the process is gone. */
  kill(): Promise<void> {
    return this.own.kill();
  }

  /** SIGTERM, and waits until the process is gone. */
  stop(): Promise<void> {
    return this.own.stop('SIGTERM');
  }

  /** SIGSTOP: its connections stay, and nothing is answered. */
  pause(): void {
    this.own.pause();
  }

  resume(): void {
    this.own.resume();
  }

  /** Whether the process is gone, now or within this time. */
  async endsWithin(ms: number): Promise<boolean> {
    const deadline = Date.now() + ms;
    while (this.alive && Date.now() < deadline) await pause(10);
    return !this.alive;
  }

  /** Whether it says that it is ready. */
  async ready(): Promise<boolean> {
    try {
      return (await fetch(this.url + (this.waitsFor ?? '/health/ready'))).ok;
    } catch {
      return false;
    }
  }
}
