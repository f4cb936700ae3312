// Finds a Chromium that Playwright can drive. Synchronous, no side effects.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
export const cacheDir = join(import.meta.dirname, '../node_modules/.cache/e2e-browser');

const system = {
  linux: [
    '/usr/bin/google-chrome',
    '/usr/bin/google-chrome-stable',
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/snap/bin/chromium',
    '/usr/bin/microsoft-edge',
  ],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((v) =>
    process.env[v]
      ? [join(process.env[v], 'Google/Chrome/Application/chrome.exe'), join(process.env[v], 'Microsoft/Edge/Application/msedge.exe')]
      : [],
  ),
};

/** @returns {{ source: string, launchOptions: import('@playwright/test').LaunchOptions } | undefined} */
export function findBrowser() {
  const fromEnv = process.env.CHROMIUM_PATH;
  if (fromEnv) return { source: 'CHROMIUM_PATH', launchOptions: { executablePath: fromEnv } };
  const { chromium } = require('@playwright/test');
  if (existsSync(chromium.executablePath())) return { source: 'playwright', launchOptions: {} };
  const found = (system[process.platform] ?? []).find((p) => existsSync(p));
  if (found) return { source: 'system', launchOptions: { executablePath: found } };
  const npm = join(cacheDir, 'chromium');
  if (existsSync(npm)) {
    const lib = join(cacheDir, 'al2023/lib');
    return {
      source: '@sparticuz/chromium',
      launchOptions: {
        executablePath: npm,
        env: { ...process.env, LD_LIBRARY_PATH: [lib, process.env.LD_LIBRARY_PATH].filter(Boolean).join(':') },
      },
    };
  }
  return undefined;
}
