// `nx serve jobs-console`: Angular's dev server on CONSOLE_PORT. Angular itself would listen on PORT, which is the gateway's here.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { consolePort, gatewayUrl, requireFreePort, withPortErrors } from './ports.mjs';

await withPortErrors(async () => {
  const wanted = consolePort();
  await requireFreePort('console', wanted);
  const nx = createRequire(import.meta.url).resolve('nx/bin/nx.js');
  const server = spawn(process.execPath, [nx, 'run', 'jobs-console:dev-server', ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, GATEWAY_URL: gatewayUrl(), PORT: String(wanted.port) },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal));
  server.on('exit', (code) => process.exit(code ?? 1));
});
