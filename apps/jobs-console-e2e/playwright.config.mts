import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { workspaceRoot } from '@nx/devkit';
import { nxE2EPreset } from '@nx/playwright/preset';
import { defineConfig, devices, type PlaywrightTestConfig } from '@playwright/test';
import { findBrowser } from '../../tools/browser-path.mjs';
import { freePort } from '../../tools/ports.mjs';

// Playwright loads this file once more in every worker: the first to load it chooses the ports, the others inherit them.
process.env['E2E_GATEWAY_PORT'] ??= String(await freePort());
process.env['E2E_CONSOLE_PORT'] ??= String(await freePort());
const isFirstToLoad = process.env['E2E_NODES_PORT'] === undefined;
process.env['E2E_NODES_PORT'] ??= String(await freePort());
const gatewayUrl = `http://127.0.0.1:${process.env['E2E_GATEWAY_PORT']}`;
const consoleUrl = `http://127.0.0.1:${process.env['E2E_CONSOLE_PORT']}`;
const preset = nxE2EPreset(import.meta.dirname, { testDir: './src' });
const outputDir = resolve(import.meta.dirname, preset.outputDir ?? 'test-results');

// What many nodes need besides Node. Where it is missing they are left out, though not where everything is to be tried.
const programs = { nginx: '-v', openssl: 'version', 'redis-server': '--version' };
const lacks = Object.entries(programs).flatMap(([program, asked]) => (spawnSync(program, [asked]).status === 0 ? [] : [program]));
const onNodes = lacks.length === 0 || process.env['CI'] !== undefined;
if (!onNodes && isFirstToLoad) console.error(`e2e on many nodes: NOT RUN, since there is no ${lacks.join(' and no ')} on the PATH`);
/** `all`: every test runs before many nodes, through nginx, and none before a single one. */
const onNodesOnly = process.env['E2E_NODES'] === 'all';
const nodesUrl = `https://127.0.0.1:${process.env['E2E_NODES_PORT']}`;
process.env['E2E_NODES_FILE'] ??= join(outputDir, 'nodes.json');
const testsOfNodes = '**/nodes.spec.ts';
/** Each starts a gateway of its own, without Redis; nodes.spec.ts kills one of many in their place. */
const testsOfOwnGateways = [
  '**/gateway-killed.spec.ts',
  '**/reload-while-down.spec.ts',
  '**/socket-blocked.spec.ts',
  '**/token-expired.spec.ts',
];

type WebServer = Exclude<NonNullable<PlaywrightTestConfig['webServer']>, unknown[]>;

/** One gateway, and the console's own server. */
const single: WebServer[] = [
  {
    command: 'node dist/apps/jobs-gateway/main.js',
    url: `${gatewayUrl}/health/ready`,
    cwd: workspaceRoot,
    // Playwright empties its output folder before it starts the servers, so every run has new data. (Nx reads this file too,
    // whenever it draws its graph: nothing is deleted here.)
    env: { PORT: process.env['E2E_GATEWAY_PORT'], DEMO_AUTH: 'true', DATA_DIR: join(outputDir, 'gateway') },
  },
  {
    // built once: a source file that changes meanwhile must not reload the pages of the tests
    command: 'node tools/serve-console.mjs --configuration=production --watch=false --liveReload=false',
    url: consoleUrl,
    cwd: workspaceRoot,
    env: { GATEWAY_URL: gatewayUrl, CONSOLE_PORT: process.env['E2E_CONSOLE_PORT'] },
    timeout: 180_000,
  },
];

/** Two gateways, two workers and Redis behind nginx, with the console as it is built. */
const many: WebServer = {
  command: `node proof/nodes/serve.ts ${process.env['E2E_NODES_PORT']} "${process.env['E2E_NODES_FILE']}"`,
  url: `${nodesUrl}/health/ready`,
  ignoreHTTPSErrors: true, // a throw-away certificate
  cwd: workspaceRoot,
  gracefulShutdown: { signal: 'SIGTERM', timeout: 10_000 },
};

const chromium = devices['Desktop Chrome'];
const onSingle = { name: 'chromium', use: chromium, testIgnore: testsOfNodes };
const onMany = {
  name: 'nodes',
  use: { ...chromium, baseURL: nodesUrl, ignoreHTTPSErrors: true },
  ...(onNodesOnly ? { testIgnore: testsOfOwnGateways } : { testMatch: testsOfNodes }),
};

export default defineConfig({
  ...preset,
  outputDir,
  retries: 0,
  // One at a time: each test begins with an empty server, and counts seconds.
  workers: 1,
  timeout: 180_000,
  // How long to look for something, not how fast it has to be: the machine may be busy with other things.
  expect: { timeout: 20_000 },
  reporter: [['list'], [join(workspaceRoot, 'tools/playwright-count-reporter.mjs')]],
  use: {
    baseURL: consoleUrl,
    actionTimeout: 30_000,
    // without a film of every page, which took half of a test's computing time
    trace: { mode: 'retain-on-failure', screenshots: false },
    launchOptions: findBrowser()?.launchOptions,
  },
  webServer: [...(onNodesOnly ? [] : single), ...(onNodes ? [many] : [])],
  projects: [...(onNodesOnly ? [] : [onSingle]), ...(onNodes ? [onMany] : [])],
});
