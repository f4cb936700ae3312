import { fileURLToPath } from 'node:url';
import { OwnProcess } from '../../test-processes/own-process.ts';

const MAIN = new URL('../../dist/apps/jobs-gateway/worker.js', import.meta.url);

/** The built worker as a process of its own; answers once it runs jobs. */
export async function startWorkerProcess(env: Readonly<Record<string, string>>): Promise<OwnProcess> {
  const worker = new OwnProcess(process.execPath, ['--enable-source-maps', fileURLToPath(MAIN)], { PATH: process.env['PATH'], ...env });
  if (!(await worker.says('Running up to'))) throw new Error(`The worker ended with ${worker.end}.\n${worker.output}`);
  return worker;
}
