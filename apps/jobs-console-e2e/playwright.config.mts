import { workspaceRoot } from '@nx/devkit';
import { nxE2EPreset } from '@nx/playwright/preset';
import { defineConfig, devices } from '@playwright/test';
import { findBrowser } from '../../tools/browser-path.mjs';

const gatewayPort = process.env['E2E_GATEWAY_PORT'] ?? '3433';
const consolePort = process.env['E2E_CONSOLE_PORT'] ?? '4300';
const baseURL = `http://127.0.0.1:${consolePort}`;

export default defineConfig({
  ...nxE2EPreset(import.meta.dirname, { testDir: './src' }),
  use: { baseURL, trace: 'retain-on-failure', launchOptions: findBrowser()?.launchOptions },
  webServer: [
    {
      command: 'npx nx run jobs-gateway:serve',
      url: `http://127.0.0.1:${gatewayPort}/health/ready`,
      cwd: workspaceRoot,
      env: { PORT: gatewayPort },
    },
    { command: 'npx nx run jobs-console:serve', url: baseURL, cwd: workspaceRoot, env: { PORT: gatewayPort, CONSOLE_PORT: consolePort } },
  ],
  projects: [{ name: 'chromium', use: { ...devices['Desktop Chrome'] } }],
});
