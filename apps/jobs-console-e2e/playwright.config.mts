import { join, resolve } from 'node:path';
import { workspaceRoot } from '@nx/devkit';
import { nxE2EPreset } from '@nx/playwright/preset';
import { defineConfig, devices } from '@playwright/test';
import { findBrowser } from '../../tools/browser-path.mjs';
import { freePort } from '../../tools/ports.mjs';

// Playwright loads this file once more in every worker: the first to load it chooses the ports, the others inherit them.
process.env['E2E_GATEWAY_PORT'] ??= String(await freePort());
process.env['E2E_CONSOLE_PORT'] ??= String(await freePort());
const gatewayUrl = `http://127.0.0.1:${process.env['E2E_GATEWAY_PORT']}`;
const consoleUrl = `http://127.0.0.1:${process.env['E2E_CONSOLE_PORT']}`;
const preset = nxE2EPreset(import.meta.dirname, { testDir: './src' });
const outputDir = resolve(import.meta.dirname, preset.outputDir ?? 'test-results');

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
  use: { baseURL: consoleUrl, actionTimeout: 30_000, trace: 'retain-on-failure', launchOptions: findBrowser()?.launchOptions },
  webServer: [
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
  ],
  projects: [{ name: 'chromium', use: { ...devices['Desktop Chrome'] } }],
});
