// What a page has to fetch: @harmonia/data-access with its peers left out, and the console, both before it shows anything and in
// all, so that what is loaded later counts too. Reads what `nx build` made and fails above tools/size-limits.json, in bytes;
// `npm run sizes -- --keep` sets those to what was reached and 2 % more.
import { build } from 'esbuild';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

const root = join(import.meta.dirname, '..');
const limitsFile = join(root, 'tools/size-limits.json');
const packages = join(root, 'dist/libs');
const page = join(root, 'dist/apps/jobs-console/browser');

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const gzipped = (content) => gzipSync(content, { level: 9 }).length;
const brotlied = (content) => brotliCompressSync(content).length;
const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

function requireBuilt(folder, project) {
  if (!existsSync(folder)) throw new Error(`There is nothing to measure: run "npm run nx -- build ${project}" first.`);
}

/** The package that a source file belongs to, where pnpm or the build put it. */
const packageOf = (file) => /(?:.*node_modules|dist\/libs)\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? file;

/** One minified file for browsers, as an adopter's bundler would make it. */
async function bundle(extra) {
  const { peerDependencies } = JSON.parse(readFileSync(join(packages, 'data-access/package.json'), 'utf8'));
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [join(packages, 'data-access')],
    alias: { '@harmonia/contract': join(packages, 'contract') },
    external: [...Object.keys(peerDependencies), ...extra],
    outdir: 'size',
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    metafile: true,
    write: false,
  });
  const [output] = Object.values(metafile.outputs);
  return { size: gzipped(outputFiles[0].contents), inputs: Object.entries(output.inputs) };
}

/** `contract 6.1 kB, …`, largest first, minified but not compressed. */
function shares(inputs) {
  const bytes = new Map();
  for (const [file, { bytesInOutput }] of inputs) bytes.set(packageOf(file), (bytes.get(packageOf(file)) ?? 0) + bytesInOutput);
  const sorted = [...bytes].sort(([, one], [, other]) => other - one);
  return sorted.map(([name, size]) => `${name} ${kilobytes(size)}`).join(', ');
}

/** The page, what it names, and what that imports at once: all that comes before the first route. */
function initialFiles() {
  const html = readFileSync(join(page, 'index.html'), 'utf8');
  const tags = [...html.matchAll(/<(?:script|link)\b[^>]*>/g)].map(([tag]) => tag).filter((tag) => !/rel="(?:icon|manifest)"/.test(tag));
  const named = tags.flatMap((tag) => /(?:src|href)="([^":]+\.(?:js|css))"/.exec(tag)?.[1] ?? []);
  const files = new Set(['index.html']);
  for (const queue = named; queue.length > 0;) {
    const file = queue.pop();
    if (files.has(file)) continue;
    files.add(file);
    const text = readFileSync(join(page, file), 'utf8');
    queue.push(...[...text.matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)].map(([, imported]) => imported));
  }
  return [...files];
}

requireBuilt(join(packages, 'data-access/fesm2022'), 'data-access');
requireBuilt(page, 'jobs-console');

const whole = await bundle([]);
const own = await bundle(['socket.io-client']);
const first = initialFiles().map((file) => readFileSync(join(page, file)));
const all = readdirSync(page)
  .filter((file) => /\.(?:html|css|js)$/.test(file))
  .map((file) => readFileSync(join(page, file)));
const measured = {
  'data-access, gzip': whole.size,
  'data-access without socket.io-client, gzip': own.size,
  'console at first, gzip': sum(first.map(gzipped)),
  'console at first, brotli': sum(first.map(brotlied)),
  'console in all, brotli': sum(all.map(brotlied)),
};

console.log(`data-access, minified: ${shares(whole.inputs)}`);
console.log(`console at first: ${first.length} of ${all.length} files`);
if (process.argv.includes('--keep')) {
  const kept = Object.entries(measured).map(([what, size]) => [what, Math.ceil(size * 1.02)]);
  writeFileSync(limitsFile, `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`);
}
const limits = JSON.parse(readFileSync(limitsFile, 'utf8'));
for (const [what, size] of Object.entries(measured)) {
  console.log(`${what}: ${kilobytes(size)} (limit ${kilobytes(limits[what])})`);
  if (size <= limits[what]) continue;
  console.error(`${what} is over its limit: find out what came in, or keep the new size with "npm run sizes -- --keep" and say why.`);
  process.exitCode = 1;
}
