import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { readWorkerConfig } from './config.js';
import { openLog } from './logs/open-log.js';
import { startOrExit } from './start-or-exit.js';
import { startWorker } from './worker-process.js';

await startOrExit(async () => {
  const config = readWorkerConfig();
  openLog(config);
  await startWorker(config);
  new Logger('Harmonia').log(`Running up to ${config.concurrency} jobs at a time`);
});
