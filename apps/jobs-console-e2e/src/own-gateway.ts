import { workspaceRoot } from '@nx/devkit';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const MAIN = join(workspaceRoot, 'dist/apps/jobs-gateway/main.js');
const CLOCK_AHEAD = pathToFileURL(join(workspaceRoot, 'apps/jobs-console-e2e/src/clock-ahead.mjs')).href;

/** The real gateway as a process of one test, which may kill it and start it again on the same data and the same port. */
export class OwnGateway {
  private process: ChildProcess | null = null;
  private port = '0';

  /** @param consoleOrigin the console, which reaches this gateway across origins */
  constructor(
    private readonly dataDir: string,
    private readonly consoleOrigin: string,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it, and waits until it listens. `clockAheadMs` starts it so much later. */
  async start({ clockAheadMs = 0 } = {}): Promise<void> {
    const { PATH } = process.env;
    const environment = { PORT: this.port, DATA_DIR: this.dataDir, DEMO_AUTH: 'true', CORS_ORIGINS: this.consoleOrigin };
    const later = clockAheadMs > 0 ? ['--import', CLOCK_AHEAD] : [];
    const started = spawn(process.execPath, [...later, MAIN], {
      env: { PATH, NO_COLOR: '1', CLOCK_AHEAD_MS: String(clockAheadMs), ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.process = started;
    for await (const line of createInterface(started.stdout)) {
      const port = /Listening on http:\S+:(\d+)/.exec(line)?.[1];
      if (port === undefined) continue;
      this.port = port;
      started.stdout.resume();
      return;
    }
    throw new Error('The gateway ended before it listened.');
  }

  /** SIGKILL, and waits until the process is gone. */
  async kill(): Promise<void> {
    const { process } = this;
    if (!process || process.exitCode !== null || process.signalCode !== null) return;
    const gone = once(process, 'exit');
    process.kill('SIGKILL');
    await gone;
  }
}
