import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const MAIN = new URL('../../dist/apps/jobs-gateway/main.js', import.meta.url);
const KILL_HOOK = new URL('./kill-after-commit.mjs', import.meta.url);

/** The built gateway as a process of its own: the real program, with nothing of it replaced. */
export class GatewayProcess {
  readonly url: string;
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.child = child;
    this.url = url;
  }

  /**
   * Starts the gateway and waits until it is ready.
   *
   * @param killAfterCommits the process ends itself with SIGKILL between this commit and its emit
   */
  static async start(options: { dataDir: string; port: number; killAfterCommits?: number }): Promise<GatewayProcess> {
    const hook = options.killAfterCommits ? ['--import', KILL_HOOK.href] : [];
    const child = spawn(process.execPath, [...hook, MAIN.pathname], {
      env: {
        PATH: process.env['PATH'],
        HOST: '127.0.0.1',
        PORT: String(options.port),
        DATA_DIR: options.dataDir,
        DEMO_AUTH: 'true',
        KILL_AFTER_COMMITS: String(options.killAfterCommits ?? 0),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4000)));
    const gateway = new GatewayProcess(child, `http://127.0.0.1:${options.port}`);
    for (let tries = 0; tries < 600 && gateway.alive; tries++) {
      if (await gateway.ready()) return gateway;
      await pause(50);
    }
    // with a kill hook the process may end before it is ready: that is a kill like any other
    if (options.killAfterCommits && !gateway.alive) return gateway;
    await gateway.kill();
    throw new Error(`The gateway did not become ready.\n${complaint}`);
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** SIGKILL, and waits until the process is gone. */
  async kill(): Promise<void> {
    if (!this.alive) return;
    const gone = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await gone;
  }

  /** Whether the process is gone, now or within this time. */
  async endsWithin(ms: number): Promise<boolean> {
    const deadline = Date.now() + ms;
    while (this.alive && Date.now() < deadline) await pause(10);
    return !this.alive;
  }

  private async ready(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health/ready`)).ok;
    } catch {
      return false;
    }
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port was given.');
  await new Promise((closed) => server.close(closed));
  return address.port;
}
