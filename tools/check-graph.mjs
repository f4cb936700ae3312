// Prints who depends on whom and fails on an arrow that the house does not have.
// The drawing below is the whole truth: app → feature → ui, data-access → contract and app → gateway, bullmq → job-engine → contract;
// test-processes is known to specs of the server, proof and bench alone, which lint sees to.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const feature = ['ui', 'data-access', 'contract'];

/** Project → what it may depend on. A project that is not named here may depend on nothing. */
const house = {
  contract: [],
  'test-processes': [],
  'data-access': ['contract'],
  'job-engine': ['contract', 'test-processes'],
  gateway: ['job-engine', 'contract', 'test-processes'],
  bullmq: ['job-engine', 'contract', 'test-processes'],
  ui: ['contract'],
  'feature-job-list': feature,
  'feature-job-detail': feature,
  'feature-operations': feature,
  'jobs-console': ['feature-job-list', 'feature-job-detail', 'feature-operations', ...feature],
  'jobs-gateway': ['gateway', 'bullmq', 'job-engine', 'contract', 'test-processes'],
  'jobs-console-e2e': ['jobs-console', 'jobs-gateway', 'data-access', 'contract'],
  bench: ['jobs-gateway', 'gateway', 'bullmq', 'job-engine', 'data-access', 'contract', 'test-processes'],
  proof: ['jobs-gateway', 'gateway', 'bullmq', 'job-engine', 'data-access', 'contract', 'test-processes'],
};

const root = join(import.meta.dirname, '..');
const file = join(root, 'tmp/project-graph.json');
mkdirSync(join(root, 'tmp'), { recursive: true });
execFileSync(process.execPath, [createRequire(import.meta.url).resolve('nx/bin/nx.js'), 'graph', `--file=${file}`], {
  cwd: root,
  env: { ...process.env, NX_DAEMON: 'false' },
  stdio: ['ignore', 'ignore', 'inherit'],
});
const { graph } = JSON.parse(readFileSync(file, 'utf8'));

const foreign = [];
for (const project of Object.keys(graph.nodes).sort()) {
  const targets = [...new Set((graph.dependencies[project] ?? []).map(({ target }) => target))].filter((target) => target in graph.nodes);
  console.log(`${project} → ${targets.sort().join(', ') || 'nothing'}`);
  foreign.push(...targets.filter((target) => !house[project]?.includes(target)).map((target) => `${project} → ${target}`));
}
if (foreign.length > 0) {
  console.error(`Not an arrow of the house: ${foreign.join('; ')}. Remove the import, or draw the arrow in tools/check-graph.mjs.`);
  process.exit(1);
}
