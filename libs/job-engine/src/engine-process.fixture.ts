import { bundleProgram } from '@harmonia/test-processes';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { HarmoniaJobsOptions } from './job-engine.options.js';

/** Worker processes for specs: real ones, that can be killed. */
export class EngineProcesses {
  private readonly children: EngineProcess[] = [];

  private constructor(private readonly program: string) {}

  static async build(): Promise<EngineProcesses> {
    return new EngineProcesses(await bundleProgram(new URL('./engine-process.suite.ts', import.meta.url)));
  }

  /** Resolves when its engine has started. */
  async start(url: string, directory: string, options: Pick<HarmoniaJobsOptions, 'heartbeatTimeoutMs' | 'janitorIntervalMs'> = {}) {
    const child = spawn(process.execPath, [this.program, url, directory, JSON.stringify(options)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const engine = new EngineProcess(child);
    this.children.push(engine);
    await engine.says('ready');
    return engine;
  }

  async killAll(): Promise<void> {
    await Promise.all(this.children.splice(0).map((child) => child.kill()));
  }
}

/** One of them. */
export class EngineProcess {
  private readonly lines: string[] = [];
  private heard = (): void => undefined;

  constructor(private readonly child: ChildProcess) {
    if (!child.stdout) throw new Error('A worker process says something.');
    createInterface({ input: child.stdout }).on('line', (line) => {
      this.lines.push(line);
      this.heard();
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** When it has said so. */
  async says(line: string): Promise<void> {
    while (!this.lines.includes(line)) await new Promise<void>((resolve) => (this.heard = resolve));
  }

  /** Lets a file that it writes come to its end. */
  goOn(): void {
    this.child.stdin?.write('\n');
  }

  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
