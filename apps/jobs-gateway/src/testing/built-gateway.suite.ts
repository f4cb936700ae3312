import { build, type BuildOptions } from 'esbuild';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../config.js';

const APP = fileURLToPath(new URL('../..', import.meta.url));
const WORKSPACE = join(APP, '../..');

/** The app as `nx build` bundles it, to be run as a process of its own. */
export class BuiltGateway {
  private constructor(private readonly directory: string) {}

  static async build(): Promise<BuiltGateway> {
    await mkdir(join(WORKSPACE, 'tmp'), { recursive: true }); // inside the workspace, where its packages are found
    const directory = await mkdtemp(join(WORKSPACE, 'tmp/built-gateway-'));
    await build({
      ...(createRequire(import.meta.url)(join(APP, 'esbuild.config.cjs')) as BuildOptions),
      absWorkingDir: WORKSPACE,
      entryPoints: [join(APP, 'src/main.ts'), join(APP, 'src/worker.ts'), join(APP, 'src/handlers/pdf-pages.worker.mts')],
      outdir: directory,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      tsconfig: join(APP, 'tsconfig.json'),
    });
    await cp(join(APP, 'src/test-client/test-client.html'), join(directory, 'test-client/test-client.html'));
    await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
    return new BuiltGateway(directory);
  }

  /** Its data directory is inside the build unless the environment says otherwise. */
  run(environment: Environment, program: 'main.js' | 'worker.js' = 'main.js'): GatewayProcess {
    const env = { PATH: process.env['PATH'], NO_COLOR: '1', DATA_DIR: join(this.directory, 'data'), PORT: '0', ...environment };
    return new GatewayProcess(spawn(process.execPath, [program], { cwd: this.directory, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true });
  }
}

/** One process of the built app. */
export class GatewayProcess {
  /** Its exit code and what it said to standard error. */
  readonly ended: Promise<{ code: number | null; stderr: string }>;
  /** All that it said to standard output so far. */
  output = '';

  constructor(private readonly process: ChildProcessByStdio<null, Readable, Readable>) {
    process.stdout.on('data', (said: Buffer) => (this.output += said.toString()));
    const ending = once(process, 'close') as Promise<[number | null]>;
    this.ended = Promise.all([ending, text(process.stderr)]).then(([[code], stderr]) => ({ code, stderr }));
  }

  /** Its address, once it listens. */
  listening(): Promise<string> {
    return this.says(/Listening on ([^\s"]+)/);
  }

  /** What it says next in the place of the first group. */
  async says(words: RegExp): Promise<string> {
    for await (const line of createInterface(this.process.stdout)) {
      const said = words.exec(line)?.[1];
      if (said === undefined) continue;
      this.process.stdout.resume();
      return said;
    }
    throw new Error(`The process ended before it said so: ${(await this.ended).stderr}`);
  }

  async stop(signal: 'SIGTERM' | 'SIGINT'): Promise<number | null> {
    this.process.kill(signal);
    return (await this.ended).code;
  }
}
