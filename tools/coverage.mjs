// Prints the branch coverage that the last test run collected, and fails below the floor unless the gap is explained
// in tools/coverage-gaps.json: { "gateway": { "branches": 88, "because": "…" } }.
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const FLOOR = 90;
const LIBS = ['contract', 'job-engine', 'gateway', 'bullmq', 'data-access'];

const root = join(import.meta.dirname, '..');
const gaps = JSON.parse(readFileSync(join(import.meta.dirname, 'coverage-gaps.json'), 'utf8'));
let failed = false;

for (const lib of LIBS) {
  const summary = join(root, 'coverage', lib, 'coverage-summary.json');
  if (!existsSync(summary)) {
    console.error(`${lib}: no coverage was collected; run COVERAGE=true nx test ${lib}.`);
    failed = true;
    continue;
  }
  const { total, ...files } = JSON.parse(readFileSync(summary, 'utf8'));
  // without a redis-server its specs say that they were not run, and CI fails for that alone
  const needsRedis = ([file]) => file.includes('/store/redis-') || lib === 'bullmq';
  const unrun = Object.entries(files).filter(needsRedis);
  const door = unrun.find(([file]) => /\/(redis-connection|attempt-queue)\.ts$/.test(file));
  const withoutRedis = door?.[1].functions.covered === 0;
  const left = withoutRedis ? unrun : [];
  const covered = left.reduce((sum, [, { branches }]) => sum - branches.covered, total.branches.covered);
  const all = left.reduce((sum, [, { branches }]) => sum - branches.total, total.branches.total);
  const pct = all > 0 ? Math.floor((10_000 * covered) / all) / 100 : 100;
  if (withoutRedis) console.log(`${lib}: what needs Redis was not run and is not counted, since there is no redis-server on the PATH`);
  const floor = gaps[lib]?.branches ?? FLOOR;
  console.log(`${lib}: ${pct} % of branches (${covered} of ${all}), ${total.lines.pct} % of lines`);
  const lacking = Object.entries(files).filter(([, { branches }]) => branches.covered < branches.total);
  for (const [file, { branches }] of lacking)
    console.log(`  ${relative(root, file)}: ${branches.total - branches.covered} branches not taken`);
  if (gaps[lib]) console.log(`  the floor here is ${floor} % because ${gaps[lib].because}`);
  if (pct < floor) {
    console.error(`  below ${floor} %: test them, or explain the gap in tools/coverage-gaps.json.`);
    failed = true;
  }
}
process.exit(failed ? 1 : 0);
