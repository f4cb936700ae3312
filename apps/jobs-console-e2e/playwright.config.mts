import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@nx/devkit';
import { nxE2EPreset } from '@nx/playwright/preset';
import { defineConfig, devices } from '@playwright/test';
import { findBrowser } from '../../tools/browser-path.mjs';
import { freePort } from '../../tools/ports.mjs';

// Playwright loads this file once more in every worker: the first to load it chooses the ports, the others inherit them.
const isWorker = process.env['TEST_WORKER_INDEX'] !== undefined;
process.env['E2E_GATEWAY_PORT'] ??= String(await freePort());
process.env['E2E_CONSOLE_PORT'] ??= String(await freePort());
const gatewayUrl = `http://127.0.0.1:${process.env['E2E_GATEWAY_PORT']}`;
const consoleUrl = `http://127.0.0.1:${process.env['E2E_CONSOLE_PORT']}`;
const dataDir = join(workspaceRoot, 'tmp/e2e');
if (!isWorker) rmSync(dataDir, { recursive: true, force: true });

export default defineConfig({
  ...nxE2EPreset(import.meta.dirname, { testDir: './src' }),
  retries: 0,
  workers: 1,
  reporter: [['list'], [join(workspaceRoot, 'tools/playwright-count-reporter.mjs')]],
  use: { baseURL: consoleUrl, trace: 'retain-on-failure', launchOptions: findBrowser()?.launchOptions },
  webServer: [
    {
      command: 'node dist/apps/jobs-gateway/main.js',
      url: `${gatewayUrl}/health/ready`,
      cwd: workspaceRoot,
      env: { PORT: process.env['E2E_GATEWAY_PORT'], DEMO_AUTH: 'true', DATA_DIR: dataDir },
    },
    {
      command: 'node tools/serve-console.mjs --configuration=production',
      url: consoleUrl,
      cwd: workspaceRoot,
      env: { GATEWAY_URL: gatewayUrl, CONSOLE_PORT: process.env['E2E_CONSOLE_PORT'] },
      timeout: 180_000,
    },
  ],
  projects: [{ name: 'chromium', use: { ...devices['Desktop Chrome'] } }],
});
