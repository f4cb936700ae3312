// `npm start`: both apps from source, a short banner once both answer, Ctrl-C stops both.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { consolePort, gatewayPort, gatewayUrl, requireFreePort, withPortErrors } from './ports.mjs';

const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');
const onWindows = process.platform === 'win32';
const READY_WITHIN_MS = 180_000;
const STOP_WITHIN_MS = 10_000;

/** One of the two apps. Its output is held back until it answers, unless something goes wrong before. */
class Served {
  #held = [];
  #loud = false;
  #stopping = false;
  #crashed = false;

  constructor(name, args, readyUrl) {
    this.readyUrl = readyUrl;
    this.label = name.padEnd(7);
    // A process group of its own: Ctrl-C comes here first, and stop() reaches every process below.
    this.process = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NX_DAEMON: 'false', FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
      detached: !onWindows,
    });
    this.ended = new Promise((resolve) => this.process.once('exit', (code) => resolve(code ?? 1)));
    for (const stream of [this.process.stdout, this.process.stderr]) this.#follow(stream);
  }

  #follow(stream) {
    let rest = '';
    stream.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines.filter((each) => each.trim() !== '')) this.#hear(line);
    });
  }

  #hear(line) {
    if (this.#stopping) return;
    // Nx would wait for a change of the source; here nobody is there to make one.
    if (/Process exited with code [^0]/.test(line)) this.#crashed = true;
    if (this.#loud) return console.log(`${this.label} | ${line}`);
    this.#held.push(line);
    if (/\berror\b|✘|in use/i.test(line) || this.#crashed) this.speakUp();
  }

  /** Shows what was held back, and everything from now on. */
  speakUp() {
    this.#loud = true;
    for (const line of this.#held.splice(0)) console.log(`${this.label} | ${line}`);
  }

  /** From now on everything is shown; what was said while starting is forgotten. */
  async ready() {
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await answers(this.readyUrl))) {
      if (this.#crashed || Date.now() > deadline) throw new Error(`The ${this.label.trim()} does not answer at ${this.readyUrl}.`);
      await pause(250);
    }
    this.#loud = true;
    this.#held.length = 0;
  }

  async stop() {
    this.#stopping = true;
    this.#signal('SIGTERM');
    const late = setTimeout(() => this.#signal('SIGKILL'), STOP_WITHIN_MS);
    await this.ended;
    clearTimeout(late);
  }

  #signal(signal) {
    try {
      if (onWindows) spawn('taskkill', ['/pid', String(this.process.pid), '/t', '/f']);
      else process.kill(-this.process.pid, signal);
    } catch {
      // it has ended already
    }
  }
}

async function answers(url) {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

/** The users one may sign in as, asked of the gateway itself; none when it runs without DEMO_AUTH. */
async function demoUsers(gateway) {
  const answer = await fetch(`${gateway}/api/auth/demo`);
  if (!answer.ok) return [];
  const { users } = await answer.json();
  return users.map(({ id }) => id);
}

function banner(gateway, consoleUrl, users) {
  const demo = `
  Demo users   ${users.join(', ')}; no password
  Test client  ${gateway}/test-client
  Try          curl -s ${gateway}/api/auth/demo -H 'content-type: application/json' -d '{"user":"ada"}'`;
  return `
  Harmonia is running (Ctrl-C stops it)

  Console      ${consoleUrl}
  API page     ${gateway}/api/docs${users.length > 0 ? demo : ''}
`;
}

await withPortErrors(async () => {
  const wanted = { gateway: gatewayPort(), console: consolePort() };
  await requireFreePort('gateway', wanted.gateway);
  await requireFreePort('console', wanted.console);
  const gateway = gatewayUrl();
  const consoleUrl = `http://127.0.0.1:${wanted.console.port}`;

  console.log('Starting the gateway and the console …');
  const served = [
    new Served('gateway', [nx, 'serve', 'jobs-gateway'], `${gateway}/health/ready`),
    // what `nx serve jobs-console` runs, without an Nx in between
    new Served('console', [join(import.meta.dirname, 'serve-console.mjs')], consoleUrl),
  ];

  let stopping;
  const stop = (code) => {
    stopping ??= Promise.all(served.map((each) => each.stop())).then(() => process.exit(code));
    return stopping;
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));
  for (const each of served) {
    void each.ended.then((code) => {
      if (stopping) return;
      each.speakUp();
      console.error(`${each.label.trim()} ended with code ${code}.`);
      void stop(1);
    });
  }

  try {
    await Promise.all(served.map((each) => each.ready()));
    if (!stopping) console.log(banner(gateway, consoleUrl, await demoUsers(gateway)));
  } catch (error) {
    for (const each of served) each.speakUp();
    console.error(error.message);
    await stop(1);
  }
});
