// Makes sure some Chromium is there: an existing one, else Playwright's download, else (Linux x64,
// no access to Playwright's CDN) the build that @sparticuz/chromium carries inside its npm package.
import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheDir, findBrowser } from './browser-path.mjs';

const SPARTICUZ = '@sparticuz/chromium@153.0.0';
const npx = (...args) => execFileSync('npx', args, { stdio: 'inherit', shell: process.platform === 'win32' });

async function fromNpm() {
  const tmp = `${cacheDir}.${process.pid}`;
  mkdirSync(tmp, { recursive: true });
  execFileSync('npm', ['install', '--prefix', tmp, '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', SPARTICUZ], {
    stdio: 'inherit',
  });
  process.env.TMPDIR = tmp; // the package unpacks into os.tmpdir()
  const entry = createRequire(join(tmp, 'x.js')).resolve('@sparticuz/chromium');
  const { default: chromium, inflate } = await import(pathToFileURL(entry).href);
  await chromium.executablePath();
  await inflate(join(dirname(entry), '../bin/al2023.tar.br')); // nss/nspr/expat for bare images
  rmSync(join(tmp, 'node_modules'), { recursive: true, force: true });
  rmSync(cacheDir, { recursive: true, force: true });
  renameSync(tmp, cacheDir);
}

let b = findBrowser();
if (!b) {
  try {
    npx('playwright', 'install', 'chromium');
  } catch {
    console.warn('playwright install failed');
    if (process.platform === 'linux' && process.arch === 'x64') await fromNpm();
  }
  b = findBrowser();
}
if (!b) {
  console.error('No Chromium: run "npx playwright install chromium", install Chrome, or set CHROMIUM_PATH.');
  process.exit(1);
}
console.log(`e2e browser: ${b.source} ${b.launchOptions.executablePath ?? ''}`);
