import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { readConfig } from './config.js';
import { openLog } from './logs/open-log.js';
import { startServer } from './server.js';
import { startOrExit } from './start-or-exit.js';

await startOrExit(async () => {
  const config = readConfig();
  const app = await startServer(config, openLog(config));
  new Logger('Harmonia').log(`Listening on ${await app.getUrl()}`);
});
