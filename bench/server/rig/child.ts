import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import * as swc from '@swc/core';
import { build, type Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Answer, Call } from './calls.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A program of ours in a process of its own, so that its CPU and memory are its alone. It answers with `answerCalls`. */
export class Child {
  private readonly waiting = new Map<number, PromiseWithResolvers<unknown>>();
  private readonly child: ChildProcess;
  private calls = 0;

  private constructor(child: ChildProcess) {
    this.child = child;
    child.on('message', (answer: Answer) => this.settle(answer));
    child.on('exit', (status, signal) => this.failAll(new Error(`${child.spawnfile} ended with ${String(status ?? signal)}.`)));
  }

  /** Bundles the program and starts it with more options of Node's, as in production. */
  static async start(entry: URL, flags: readonly string[] = []): Promise<Child> {
    const program = await bundled(fileURLToPath(entry));
    const env = { ...process.env, NODE_ENV: 'production' };
    const child = fork(program, { execArgv: ['--expose-gc', '--enable-source-maps', ...flags], serialization: 'advanced', env });
    await once(child, 'spawn');
    return new Child(child);
  }

  /** What the program answers to this; rejects with what it throws, or when it ends. */
  async call<Result>(name: string, argument?: unknown): Promise<Result> {
    const call: Call = { id: ++this.calls, name, argument };
    const waiting = Promise.withResolvers<unknown>();
    this.waiting.set(call.id, waiting);
    this.child.send(call);
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

const bundles = new Map<string, Promise<string>>();

/** Each program is bundled once a run: with all of ours in it, and with packages left where they are. */
function bundled(entry: string): Promise<string> {
  const known = bundles.get(entry) ?? bundle(entry);
  bundles.set(entry, known);
  return known;
}

async function bundle(entry: string): Promise<string> {
  const outdir = join(root, 'bench/tmp', basename(entry, '.ts'));
  await build({
    entryPoints: [entry],
    outdir,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    tsconfig: join(root, 'tsconfig.base.json'),
    sourcemap: true,
    logLevel: 'warning',
    packages: 'external',
    // what a program imports when it runs is loaded only then
    splitting: true,
    outExtension: { '.js': '.mjs' },
    plugins: [decoratorMetadata],
  });
  return join(outdir, basename(entry).replace(/\.ts$/, '.mjs'));
}

/** Nest injects by what swc writes and esbuild cannot: the types of parameters. */
const decoratorMetadata: Plugin = {
  name: 'decorator-metadata',
  setup(building) {
    building.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const { code } = await swc.transform(await readFile(path, 'utf8'), {
        filename: path,
        sourceMaps: 'inline',
        configFile: false,
        swcrc: false,
        jsc: {
          target: 'es2022',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
      });
      return { contents: code, loader: 'js' };
    });
  },
};
