// `npm run try:install`: packs the four packages, installs them in two bare apps outside the workspace, adds the README's quick
// start to them, and watches in a browser how a bar follows a job. Prints what it adds, and the time from empty folder to moving bar.
// With --check it only sees whether the quick start fits the bare apps and keeps its promise, ten lines a side.
import { chromium } from '@playwright/test';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findBrowser } from './browser-path.mjs';
import { freePort } from './ports.mjs';
import { addedLines, diffsIn, patched } from './readme-diff.mjs';
import { angularApp, nestApp } from './strange-apps.mjs';

const PACKAGES = ['contract', 'job-engine', 'gateway', 'data-access'];
const MOST_LINES = 10;
const READY_WITHIN_MS = 180_000;
const MOVES_WITHIN_MS = 30_000;
/** How many rising values make a moving bar. */
const VALUES = 5;

const root = join(import.meta.dirname, '..');
const onWindows = process.platform === 'win32';
const running = new Set();
const folder = mkdtempSync(join(tmpdir(), 'harmonia-strange-apps-'));

/** Starts a program in a process group of its own; what it says is shown only when it fails. */
function start(program, args, { cwd, env = {} }) {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, NG_CLI_ANALYTICS: 'false', NX_DAEMON: 'false', FORCE_COLOR: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !onWindows,
    shell: onWindows,
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => said.push(text));
  running.add(child);
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      running.delete(child);
      if (code === 0) resolve();
      else reject(new Error(`${program} ${args.join(' ')} ended with ${code}:\n${said.join('').trimEnd()}`));
    });
  });
  ended.catch(() => undefined);
  return { ended, said };
}

const run = (program, args, options) => start(program, args, options).ended;

function stop(child) {
  try {
    if (onWindows) spawn('taskkill', ['/pid', String(child.pid), '/t', '/f']);
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it has ended already
  }
}

async function cleanUp() {
  const children = [...running];
  await Promise.all(children.map((child) => new Promise((ended) => (child.once('close', ended), stop(child)))));
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Waits until a server answers whatever it likes; fails with what it said when it ends before. */
async function answers(url, server) {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const answer = fetch(url, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    if (await Promise.race([answer, server.ended.then(() => Promise.reject(new Error(`The server of ${url} ended.`)))])) return;
    if (Date.now() > deadline) throw new Error(`Nothing answers at ${url}:\n${server.said.join('')}`);
    await pause(100);
  }
}

async function pack() {
  const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');
  await run(process.execPath, [nx, 'run-many', '-t', 'build', '-p', PACKAGES.join(',')], { cwd: root });
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  for (const name of PACKAGES) {
    await run('npm', ['pack', '--pack-destination', tarballs], { cwd: join(root, 'dist/libs', name) });
  }
  return (name) =>
    join(
      tarballs,
      readdirSync(tarballs).find((file) => file.startsWith(`harmonia-${name}-`)),
    );
}

/** Writes a bare app, installs first what is its own and then the packages, and adds the diff. */
async function make(name, bare, diff, tarballs) {
  const app = join(folder, name);
  const npm = (...args) => run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...args], { cwd: app });
  for (const [file, text] of Object.entries(bare)) {
    mkdirSync(dirname(join(app, file)), { recursive: true });
    writeFileSync(join(app, file), text);
  }
  await npm();
  await npm(...tarballs);
  for (const part of diff) writeFileSync(join(app, part.file), patched(bare[part.file], part));
  return app;
}

function show(name, bare, diff) {
  const lines = addedLines(diff);
  console.log(`\n${name}: ${lines} added lines`);
  for (const { file, lines } of diff) console.log(`  ${file}\n${lines.map((line) => `    ${line}`).join('\n')}`);
  if (lines < 1 || lines > MOST_LINES)
    throw new Error(`The quick start of ${name} adds ${lines} lines; at most ${MOST_LINES} are promised.`);
  for (const part of diff) patched(bare[part.file] ?? '', part);
}

/** The README speaks of the usual ports; here they are free ones. */
function onPorts(diff, ports) {
  const moved = (line) => Object.entries(ports).reduce((text, [from, to]) => text.replaceAll(from, to), line);
  return diff.map(({ file, lines }) => ({ file, lines: lines.map(moved) }));
}

async function createJob(server) {
  const answer = await fetch(`${server}/api/jobs`, {
    method: 'POST',
    headers: { authorization: 'Bearer ada', 'content-type': 'application/json' },
    body: JSON.stringify({ id: 'may', jobType: 'invoices' }),
  });
  if (answer.status !== 201) throw new Error(`The job was not created: ${answer.status} ${await answer.text()}`);
}

/** Reads the bar until it has risen often enough. */
async function watchBar(page) {
  const values = [];
  while (values.length < VALUES) {
    const risen = await page.waitForFunction(
      (last) => {
        const { value } = document.querySelector('progress') ?? { value: 0 };
        return value > last && value;
      },
      values.at(-1) ?? 0,
      { timeout: MOVES_WITHIN_MS },
    );
    values.push(await risen.jsonValue());
  }
  return values;
}

/** Opens the page once before there is a job: a dev server bundles at the first visit, and the job would not wait for that. */
async function lookAt(address, startJob) {
  const found = findBrowser();
  if (!found) throw new Error('No Chromium: run "node tools/ensure-browser.mjs" first.');
  const browser = await chromium.launch(found.launchOptions);
  try {
    const page = await browser.newPage();
    const complaints = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
    await page.goto(address);
    await startJob();
    await page.reload();
    return await watchBar(page).catch((error) => {
      throw new Error(`The bar did not move. ${error.message}\n${complaints.join('\n')}`);
    });
  } finally {
    await browser.close();
  }
}

const seconds = (from) => `${((performance.now() - from) / 1000).toFixed(1)} s`;

async function main() {
  const [serverDiff, consoleDiff] = diffsIn(readFileSync(join(root, 'README.md'), 'utf8'));
  if (!serverDiff || !consoleDiff)
    throw new Error('The README has no quick start: two diff blocks, first the server’s, then the console’s.');
  show('Nest', nestApp, serverDiff);
  show('Angular', angularApp, consoleDiff);
  if (process.argv.includes('--check')) return;
  const tarball = await pack();

  const [serverPort, consolePort] = [await freePort(), await freePort()];
  const [server, page] = [`http://127.0.0.1:${serverPort}`, `http://127.0.0.1:${consolePort}`];
  const ports = { 'http://localhost:3000': server, 'http://localhost:4200': page };
  console.log(
    `\nOn free ports: ${Object.entries(ports)
      .map(([from, to]) => `${from} → ${to}`)
      .join(', ')}`,
  );

  const begun = performance.now();
  const nest = await make('server', nestApp, onPorts(serverDiff, ports), ['contract', 'job-engine', 'gateway'].map(tarball));
  const angular = await make('console', angularApp, onPorts(consoleDiff, ports), ['contract', 'data-access'].map(tarball));
  console.log(`Installed after ${seconds(begun)}`);

  await run(process.execPath, ['node_modules/typescript/bin/tsc'], { cwd: nest });
  const api = start(process.execPath, ['dist/main.js'], { cwd: nest, env: { PORT: String(serverPort) } });
  const ng = ['node_modules/@angular/cli/bin/ng.js', 'serve', '--host=127.0.0.1', `--port=${consolePort}`, '--no-live-reload'];
  const web = start(process.execPath, ng, { cwd: angular });
  await Promise.all([answers(`${server}/`, api), answers(`${page}/`, web)]);
  console.log(`Both answer after ${seconds(begun)}`);

  const values = await lookAt(page, () => createJob(server));
  console.log(`The bar moved: ${values.join(' → ')} %`);
  console.log(`From empty folder to moving bar: ${seconds(begun)}`);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void cleanUp().then(() => process.exit(1)));
try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  await cleanUp();
}
