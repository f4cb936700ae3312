import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Figures } from './proof.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const CAMPAIGN = [
  'node_modules/jest/bin/jest.js',
  '-c',
  'libs/data-access/jest.config.cjs',
  'jobs/delivery.spec.ts',
  '--reporters=default',
];

/** [G3] 100,000 histories with loss, duplicates, reordering and rollbacks; the campaign lives beside the reducer that it tries. */
export async function proveDelivery(): Promise<Figures> {
  const started = Date.now();
  const jest = spawn(process.execPath, CAMPAIGN, { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
  let said = '';
  jest.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [status] = await once(jest, 'close');
  const { id: promise = 'G3', ...figures } = JSON.parse(said.split('\n').find((line) => line.startsWith('{')) ?? '{}') as { id?: string };
  return { promise, ...figures, seconds: Math.round((Date.now() - started) / 1000), broken: status !== 0 };
}
