import * as swc from '@swc/core';
import { build, type Plugin } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** Inside the workspace, where its packages are found; two folders deep, as what programs find by their own address expects. */
const outdir = join(root, 'tmp/programs');

/** A line of the product that a mutant has otherwise, and without which a proof has to fail. */
export interface Mutation {
  /** From the root of the repository. */
  readonly file: string;
  /** Stands there exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** What is done when a program is bundled. */
export interface BundleOptions {
  /** Packages that go into the bundle instead of being loaded from where they are. */
  readonly inline?: readonly string[];
  readonly mutations?: readonly Mutation[];
}

const bundles = new Map<string, Promise<string>>();

/**
 * Bundles a TypeScript program, with all of Harmonia's own code in it as it is in the sources, and answers its path. The same
 * program is bundled once a run.
 *
 * @throws Error when a mutation does not fit the product any more: a mutant that changes nothing proves nothing
 */
export function bundleProgram(entry: URL, { inline = [], mutations = [] }: BundleOptions = {}): Promise<string> {
  const source = fileURLToPath(entry);
  const kind = createHash('sha1')
    .update(JSON.stringify([inline, mutations]))
    .digest('hex')
    .slice(0, 8);
  const name = `${relative(root, source).replace(/\.ts$/, '').replace(/\W+/g, '-')}-${kind}`;
  const known = bundles.get(name) ?? bundle(source, name, { inline, mutations });
  bundles.set(name, known);
  return known;
}

async function bundle(source: string, name: string, { inline, mutations }: Required<BundleOptions>): Promise<string> {
  const used = new Set<Mutation>();
  await Promise.all(mutations.map(assertFits));
  const { outputFiles } = await build({
    entryPoints: [{ in: source, out: name }],
    outdir,
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    tsconfig: join(root, 'tsconfig.base.json'),
    sourcemap: true,
    logLevel: 'warning',
    define: { ngServerMode: 'false', ngDevMode: 'false' },
    // what a program imports when it runs is loaded only then
    splitting: true,
    outExtension: { '.js': '.mjs' },
    plugins: [ownSources(mutations, used), leftOut(inline)],
  });
  const unused = mutations.find((mutation) => !used.has(mutation));
  if (unused) throw new Error(`The program does not use ${unused.file}, which a mutant changes.`);
  await mkdir(outdir, { recursive: true });
  await Promise.all(outputFiles.map(({ path, contents }) => writeAtOnce(path, contents)));
  return join(outdir, `${name}.mjs`);
}

/** Another process may run the same program, and must not read half of it. */
async function writeAtOnce(path: string, contents: Uint8Array): Promise<void> {
  const begun = `${path}.${process.pid}`;
  await writeFile(begun, contents);
  await rename(begun, path);
}

/** Packages stay where they are, but for those that are to be built in. */
const leftOut = (inline: readonly string[]): Plugin => ({
  name: 'packages',
  setup(building) {
    building.onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      const isOurs = kind === 'entry-point' || path.startsWith('@harmonia/') || inline.some((one) => path.startsWith(one));
      return isOurs ? undefined : { path, external: true };
    });
  },
});

/** Nest injects by what swc writes and esbuild cannot: the types of parameters. */
const ownSources = (mutations: readonly Mutation[], used: Set<Mutation>): Plugin => ({
  name: 'own-sources',
  setup(building) {
    building.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      let source = await readFile(path, 'utf8');
      for (const mutation of mutations.filter(({ file }) => file === relative(root, path))) {
        source = source.replace(mutation.find, () => mutation.replace);
        used.add(mutation);
      }
      return { contents: await compiled(path, source), loader: 'js' };
    });
  },
});

async function assertFits({ file, find }: Mutation): Promise<void> {
  const source = await readFile(join(root, file), 'utf8');
  if (source.split(find).length !== 2) throw new Error(`A mutant no longer fits ${file}: it looks for\n${find}`);
}

async function compiled(filename: string, source: string): Promise<string> {
  const { code } = await swc.transform(source, {
    filename,
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
  return code;
}
