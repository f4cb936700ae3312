import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { NodeSettings } from './node.fixture.js';

const HOOKS = join(__dirname, 'typescript.fixture.mjs');

/** A real process with a worker in it, and the lines that it says. */
export class WorkerProcess {
  private readonly news = new EventEmitter();
  private readonly exit: Promise<unknown>;
  readonly lines: string[] = [];
  /** All that it said and logged. */
  output = '';

  private constructor(private readonly child: ChildProcess) {
    this.exit = once(child, 'exit');
    if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => this.hear(line));
    child.stderr?.on('data', (text) => this.listen(String(text)));
  }

  /** @param program beside this file */
  static async start(settings: NodeSettings, program = 'worker.fixture.ts'): Promise<WorkerProcess> {
    const args = ['--import', HOOKS, join(__dirname, program), JSON.stringify(settings)];
    const worker = new WorkerProcess(spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
    await worker.says('ready');
    return worker;
  }

  /** Waits until it has said this line; fails when it ends before. */
  async says(line: string): Promise<void> {
    while (!this.lines.includes(line)) {
      const ended = this.exit.then(() => Promise.reject(new Error(`The worker ended without "${line}". ${this.output}`)));
      await Promise.race([once(this.news, 'line'), ended]);
    }
  }

  /** Waits until it has logged this; fails when it ends before. */
  async complains(of: string): Promise<void> {
    while (!this.output.includes(of)) {
      const ended = this.exit.then(() => Promise.reject(new Error(`The worker ended without "${of}". ${this.output}`)));
      await Promise.race([once(this.news, 'line'), ended]);
    }
  }

  /** Ends it, and waits until it is gone; the code with which it ended. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    await this.exit;
    return this.child.exitCode;
  }

  private listen(text: string): void {
    this.output += text;
    this.news.emit('line');
  }

  private hear(line: string): void {
    this.lines.push(line);
    this.output += `${line}\n`;
    this.news.emit('line');
  }
}
