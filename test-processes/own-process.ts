import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

const MOST_CHARACTERS = 1_000_000;

const ending = (text: string, chunk: Buffer): string => (text + chunk.toString()).slice(-MOST_CHARACTERS);

const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** A process that is started here, may be killed at any moment, and never outlives this one. */
export class OwnProcess {
  /** The end of what it said on standard error. */
  complaint = '';
  /** The end of what it said, on standard output and error alike. */
  output = '';
  private readonly child: ChildProcess;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv) {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    child.stderr?.on('data', (chunk: Buffer) => (this.complaint = ending(this.complaint, chunk)));
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (this.output = ending(this.output, chunk)));
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** What it ended with: a status, or the name of a signal; null while it is alive. */
  get end(): number | string | null {
    return this.child.exitCode ?? this.child.signalCode;
  }

  /** Resolves once it has said these words; false when it ended before. */
  says(words: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.child.stdout?.on('data', () => {
        if (this.output.includes(words)) resolve(true);
      });
      this.child.once('exit', () => resolve(false));
    });
  }

  /** SIGKILL, and waits until it is gone. */
  kill(): Promise<void> {
    return this.stop('SIGKILL');
  }

  /** Sends a signal that ends it, and waits until it is gone. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    if (!this.alive) return;
    const gone = once(this.child, 'exit');
    this.child.kill(signal);
    await gone;
  }

  /** SIGSTOP: it does nothing, and its connections stay as they are. */
  pause(): void {
    this.child.kill('SIGSTOP');
  }

  resume(): void {
    this.child.kill('SIGCONT');
  }
}
