import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Nodes } from './nodes.ts';

/** For so long nginx asks nothing of a gateway that has failed; longer than `fail_timeout` of its configuration. */
const NGINX_DOUBTS_MS = 2500;

// What is deployed, on this machine, until SIGTERM: `node proof/nodes/serve.ts [port] [file]`. It writes the process ids of
// the gateways into the file, for whoever wants to kill one; what was killed is started again, as compose.yaml would.
const [port, file] = process.argv.slice(2);
const pages = fileURLToPath(new URL('../../dist/apps/jobs-console/browser', import.meta.url));
const nodes = await Nodes.start(pages, port ? Number(port) : undefined);
let isServing = true;
let known = nodes.gateways;

const stop = async (): Promise<never> => {
  isServing = false;
  await nodes.stop();
  process.exit(0);
};
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop());

process.stdout.write(`Listening on ${nodes.nginx.url}\n`);
let isRestarting = false;
while (isServing) {
  if (file) await tell(file);
  if (!isRestarting) void restart();
  await pause(100);
}

async function restart(): Promise<void> {
  isRestarting = true;
  if (nodes.gateways.some(({ alive }) => !alive)) {
    await nodes.restartGateways().catch((error: unknown) => {
      // one that is being stopped does not become ready
      if (isServing) throw error;
    });
    await pause(NGINX_DOUBTS_MS);
    known = nodes.gateways;
  }
  isRestarting = false;
}

/** Null for a gateway that is not there. Never seen by halves. */
async function tell(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify({ gateways: known.map(({ alive, pid }) => (alive ? pid : null)) }));
  await rename(`${path}.new`, path);
}
