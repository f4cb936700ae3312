// `npm test`: every check and every test, nothing from a cache, and one closing line that adds up what really ran.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const counts = join(root, 'dist/test-counts');
const require = createRequire(import.meta.url);
const nx = require.resolve('nx/bin/nx.js');
const env = { ...process.env, NX_DAEMON: 'false', NX_SKIP_NX_CACHE: 'true', COVERAGE: 'true', TEST_COUNTS: counts };

const node = (...args) => spawnSync(process.execPath, args, { cwd: root, env, stdio: 'inherit' }).status === 0;
const runMany =
  (parallel, ...targets) =>
  () =>
    node(nx, 'run-many', `--parallel=${parallel}`, '-t', ...targets);

const steps = {
  format: () => node(require.resolve('prettier/bin/prettier.cjs'), '--check', '.', '--log-level=warn'),
  lockfile: () => node('tools/lock-coverage.mjs'),
  graph: () => node('tools/check-graph.mjs'),
  'quick start': () => node('tools/install-in-strange-apps.mjs', '--check'),
  'lint of the tools': () =>
    node(join(require.resolve('eslint/package.json'), '../bin/eslint.js'), '--max-warnings=0', 'tools', '*.{js,mjs}'),
  'lint, typecheck, test, build': runMany(2, 'lint', 'typecheck', 'test', 'build'),
  coverage: () => node('tools/coverage.mjs'),
  sizes: () => node('tools/sizes.mjs'),
  // alone, so that nothing takes the browser's time
  e2e: runMany(1, 'e2e'),
};

/** The projects that have tests, by the name of their counts file. */
function testedProjects() {
  const withTarget = (target) =>
    JSON.parse(spawnSync(process.execPath, [nx, 'show', 'projects', '--with-target', target, '--json'], { cwd: root, env }).stdout);
  return [...withTarget('test'), ...withTarget('e2e')];
}

function countOf(project) {
  const file = join(counts, `${project}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  console.error(`${project}: its tests did not run.`);
  return { passed: 0, failed: 1 };
}

rmSync(counts, { recursive: true, force: true });
rmSync(join(root, 'coverage'), { recursive: true, force: true });

const failedSteps = [];
for (const [name, step] of Object.entries(steps)) {
  const start = Date.now();
  console.log(`\n── ${name}`);
  if (!step()) failedSteps.push(name);
  console.log(`── ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

console.log('');
let passed = 0;
let failed = 0;
for (const project of testedProjects()) {
  const count = countOf(project);
  console.log(`${project}: ${count.passed} passed, ${count.failed} failed`);
  passed += count.passed;
  failed += count.failed;
}
if (failedSteps.length > 0) console.log(`failed: ${failedSteps.join('; ')}`);
// A failed step without a failed test (lint, a build) is a failure too.
if (failedSteps.length > 0 && failed === 0) failed = failedSteps.length;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
