import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Answer, Call } from './calls.ts';
import { bundleProgram, type BundleOptions } from './program.ts';

/** How a program is bundled and started. */
export interface ProgramOptions extends BundleOptions {
  /** More options of Node's. */
  readonly flags?: readonly string[];
  /** Its environment. Default: the PATH alone. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * A program of ours in a process of its own, so that its CPU and memory are its alone. It answers with `answerCalls`.
 *
 * @example
 * const program = await CalledProgram.start(new URL('./sum.program.ts', import.meta.url));
 * const sum = await program.call<number>('sum', [1, 2]);
 * await program.stop();
 */
export class CalledProgram {
  private readonly waiting = new Map<number, PromiseWithResolvers<unknown>>();
  private readonly child: ChildProcess;
  private calls = 0;

  private constructor(child: ChildProcess) {
    this.child = child;
    child.on('message', (answer: Answer) => this.settle(answer));
    child.on('exit', (status, signal) => this.failAll(new Error(`A program ended with ${String(status ?? signal)}.`)));
  }

  /** Bundles the program and starts it. */
  static async start(entry: URL, options: ProgramOptions = {}): Promise<CalledProgram> {
    const { flags = [], env = { PATH: process.env['PATH'] }, ...bundle } = options;
    const program = await bundleProgram(entry, bundle);
    const child = fork(program, { execArgv: ['--enable-source-maps', ...flags], serialization: 'advanced', env });
    await once(child, 'spawn');
    return new CalledProgram(child);
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** What the program answers to this; rejects with what it throws, or when it ends. */
  async call<Result>(name: string, argument?: unknown): Promise<Result> {
    const call: Call = { id: ++this.calls, name, argument };
    const waiting = Promise.withResolvers<unknown>();
    this.waiting.set(call.id, waiting);
    this.child.send(call, (error) => {
      if (error) waiting.reject(error);
    });
    // both ends are ours: what a call answers is what the caller says it is
    return (await waiting.promise) as Result;
  }

  /** Ends the process, and waits until it is gone. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }

  private settle({ id, result, error }: Answer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) waiting?.resolve(result);
    else waiting?.reject(new Error(error));
  }

  private failAll(error: Error): void {
    this.waiting.forEach((waiting) => waiting.reject(error));
    this.waiting.clear();
  }
}
