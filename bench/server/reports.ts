import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CalledProgram } from '../../test-processes/called-program.ts';
import type { Bench } from '../bench.ts';
import { cpuSeconds, type Usage } from './node/usage.ts';
import type { StartReports } from './reports/reports.program.ts';
import type { StartWorkers } from './reports/workers.program.ts';
import { startProgram } from './rig/start-program.ts';

const SECRET = 'a secret of the benches that is long enough';
const HANDLERS = 100;
const WORKERS = 20;
const WARM_MS = 1500;
/** Code that is not compiled yet costs twice as much, and on a busy machine it takes longer until it is. */
const WARM_REPORTS = 4000;

/** How many reports a server takes in. */
export const reports: Bench = {
  name: 'reports',
  measures:
    "100 handlers that do nothing but await report.progress, in a whole application with SQLite on disk; then 20 workers elsewhere that report over HTTP. Every job's last report is in the store at the end.",
  figures: {
    inProcess: { what: 'accepted report.progress calls per CPU-second', unit: '/s', atLeast: 20_000, beside: ['wall', 'http', 'httpWall'] },
    wall: { what: 'a second, beside the load of the machine', unit: '/s' },
    http: { what: 'HTTP reports per CPU-second of the server', unit: '/s' },
    httpWall: { what: 'a second', unit: '/s' },
  },
  run: async ({ full }) => {
    const { inProcess, http } = await play(full ? 15 : 4);
    return { inProcess: inProcess.perCpuSecond, wall: inProcess.perSecond, http: http.perCpuSecond, httpWall: http.perSecond };
  },
  costs: async () => {
    const { inProcess, http } = await play(2);
    return [
      { what: 'an accepted report.progress', unit: 'µs of CPU', value: 1e6 / inProcess.perCpuSecond },
      { what: 'a report over HTTP', unit: 'µs of CPU', value: 1e6 / http.perCpuSecond },
    ];
  },
};

async function play(seconds: number) {
  const directory = await mkdtemp(join(tmpdir(), 'harmonia-reports-'));
  const server = await startProgram(new URL('./reports/reports.program.ts', import.meta.url));
  try {
    const start: StartReports = { directory, secret: SECRET, running: HANDLERS };
    const { port, external } = await server.call<{ port: number; external: readonly string[] }>('start', start);
    const http = await overHttp(server, { port, secret: SECRET, jobs: external.slice(0, WORKERS) }, seconds);
    return { http, inProcess: await fromHandlers(server, seconds) };
  } finally {
    await server.stop();
    await rm(directory, { recursive: true });
  }
}

async function fromHandlers(server: CalledProgram, seconds: number) {
  await server.call('run', HANDLERS);
  const rates = await measured(server, seconds, async () => (await server.call<Usage>('usage')).changes);
  const wrong = await server.call<number>('wrong');
  if (wrong > 0) throw new Error(`${wrong} jobs do not hold what was reported last.`);
  return rates;
}

async function overHttp(server: CalledProgram, start: StartWorkers, seconds: number) {
  const workers = await startProgram(new URL('./reports/workers.program.ts', import.meta.url));
  try {
    await workers.call('start', start);
    const rates = await measured(server, seconds, () => workers.call<number>('accepted'));
    const last = await workers.call<readonly number[]>('stop');
    await server.call('flush');
    for (const [index, id] of start.jobs.entries()) {
      const stored = await server.call<number>('progressOf', id);
      if (stored !== last[index]) throw new Error(`A job holds report ${stored} in place of ${last[index]}.`);
    }
    return rates;
  } finally {
    await workers.stop();
  }
}

/** How many came in while it was measured, for each second of the server's CPU and for each second. */
async function measured(server: CalledProgram, seconds: number, count: () => Promise<number>) {
  await pause(WARM_MS);
  while ((await count()) < WARM_REPORTS) await pause(50);
  const [counted, before] = [await count(), await server.call<Usage>('usage')];
  await pause(1000 * seconds);
  const [taken, after] = [(await count()) - counted, await server.call<Usage>('usage')];
  return { perCpuSecond: taken / cpuSeconds(before, after), perSecond: (1000 * taken) / (after.at - before.at) };
}
