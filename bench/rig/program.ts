import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a program is built and run. */
export interface ProgramOptions {
  /** Angular and NgRx as in development, with their checks; false: as in production. */
  readonly checks: boolean;
  /** More options of Node's. */
  readonly flags?: readonly string[];
}

/**
 * Bundles a TypeScript program of ours with everything it imports, runs it in a Node process of its own, hands it the input,
 * and answers with what it said: one line of JSON. The program calls `answering`.
 *
 * @throws Error when the program fails
 */
export async function runProgram(entry: URL, input: unknown, { checks, flags = [] }: ProgramOptions): Promise<unknown> {
  const outfile = join(root, 'tmp/bench', basename(entry.pathname).replace(/\.ts$/, checks ? '.checks.mjs' : '.mjs'));
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // packages in CommonJS ask for Node's own modules this way
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    tsconfig: join(root, 'tsconfig.base.json'),
    minifySyntax: true,
    define: { ngServerMode: 'false', ...(!checks && { ngDevMode: 'false' }) },
    logLevel: 'warning',
  });
  const child = spawn(process.execPath, ['--expose-gc', ...flags, outfile, JSON.stringify(input)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [status] = await once(child, 'close');
  if (status !== 0) throw new Error(`${basename(outfile)} ended with ${String(status)}.`);
  return JSON.parse(said);
}
