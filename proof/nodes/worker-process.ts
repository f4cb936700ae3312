import { fileURLToPath } from 'node:url';
import { OwnProcess } from '../../test-processes/own-process.ts';

const WORKER = fileURLToPath(new URL('../../dist/apps/jobs-gateway/worker.js', import.meta.url));

/** The built worker as a process of its own, as `npm run worker` starts it. */
export const startWorker = (env: Readonly<Record<string, string>>): OwnProcess =>
  new OwnProcess(process.execPath, ['--enable-source-maps', WORKER], { PATH: process.env['PATH'], NO_COLOR: '1', ...env });
