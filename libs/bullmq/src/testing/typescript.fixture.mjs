// Lets Node run the sources of the workspace as they are, decorators with their metadata: `node --import …/typescript.fixture.mjs x.ts`
import { transformSync } from '@swc/core';
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

const libs = new URL('../../../', import.meta.url);
const jsc = {
  target: 'es2022',
  keepClassNames: true,
  parser: { syntax: 'typescript', decorators: true },
  transform: { legacyDecorator: true, decoratorMetadata: true },
};

registerHooks({
  resolve(specifier, context, next) {
    const lib = /^@harmonia\/([\w-]+)$/.exec(specifier)?.[1];
    if (lib) return { url: new URL(`${lib}/src/index.ts`, libs).href, shortCircuit: true };
    const ours = specifier.startsWith('.') && context.parentURL?.endsWith('.ts');
    return ours
      ? { url: new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL).href, shortCircuit: true }
      : next(specifier, context);
  },
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context);
    const filename = fileURLToPath(url);
    const { code } = transformSync(readFileSync(filename, 'utf8'), {
      filename,
      swcrc: false,
      jsc,
      module: { type: 'es6' },
      sourceMaps: 'inline',
    });
    return { format: 'module', source: code, shortCircuit: true };
  },
});
