import { transform } from '@swc/core';
import { build } from 'esbuild';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HarmoniaJobsOptions } from './job-engine.options.js';

const ROOT = join(__dirname, '../../..');

/** Nest finds constructor parameters through decorator metadata, which esbuild alone does not write. */
const swc = {
  name: 'swc',
  setup: ({ onLoad }: Parameters<NonNullable<NonNullable<Parameters<typeof build>[0]['plugins']>[number]['setup']>>[0]) =>
    onLoad({ filter: /libs\/.*\.ts$/ }, async ({ path }) => {
      const parser = { syntax: 'typescript', decorators: true } as const;
      const jsc = { target: 'es2022', parser, transform: { legacyDecorator: true, decoratorMetadata: true } } as const;
      const { code } = await transform(await readFile(path, 'utf8'), { filename: path, swcrc: false, jsc, module: { type: 'es6' } });
      return { contents: code, loader: 'js' };
    }),
};

/** Worker processes for specs: real ones, that can be killed. */
export class EngineProcesses {
  private readonly children: EngineProcess[] = [];

  private constructor(private readonly program: string) {}

  static async build(): Promise<EngineProcesses> {
    // where its packages are found
    const program = join(ROOT, 'tmp', `engine-process-${process.pid}.mjs`);
    await build({
      entryPoints: [join(__dirname, 'engine-process.suite.ts')],
      outfile: program,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      tsconfig: join(ROOT, 'tsconfig.base.json'),
      alias: { '@harmonia/contract': join(ROOT, 'libs/contract/src/index.ts') },
      plugins: [swc],
      logLevel: 'error',
    });
    return new EngineProcesses(program);
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

  async remove(): Promise<void> {
    await this.killAll();
    await rm(this.program, { force: true });
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
