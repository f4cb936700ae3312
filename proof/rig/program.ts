import * as swc from '@swc/core';
import { build, type Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A line of the product that a mutant has otherwise, and without which the campaign has to fail. */
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
  /** Sets this bundle apart from others of the same program. */
  readonly name?: string;
}

/**
 * Bundles a TypeScript program of the rig, with all of Harmonia's own code in it, and answers its path.
 *
 * @throws Error when a mutation does not fit the product any more: a mutant that changes nothing proves nothing
 */
export async function bundleProgram(entry: URL, { inline = [], mutations = [], name = '' }: BundleOptions = {}): Promise<string> {
  const source = fileURLToPath(entry);
  const outfile = join(root, 'proof/tmp', `${basename(source, '.ts')}${name && `.${name}`}.mjs`);
  const used = new Set<Mutation>();
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    tsconfig: join(root, 'tsconfig.base.json'),
    sourcemap: true,
    logLevel: 'warning',
    define: { ngServerMode: 'false', ngDevMode: 'false' },
    plugins: [ownSources(mutations, used), leftOut(inline)],
  });
  const unused = mutations.find((mutation) => !used.has(mutation));
  if (unused) throw new Error(`The program does not use ${unused.file}, which a mutant changes.`);
  return outfile;
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
        source = mutated(source, mutation);
        used.add(mutation);
      }
      return { contents: await compiled(path, source), loader: 'js' };
    });
  },
});

function mutated(source: string, { file, find, replace }: Mutation): string {
  if (source.split(find).length !== 2) throw new Error(`A mutant no longer fits ${file}: it looks for\n${find}`);
  return source.replace(find, () => replace);
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
