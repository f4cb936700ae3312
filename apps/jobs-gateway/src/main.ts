import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { readConfig } from './config.js';
import { startServer } from './server.js';
import { startOrExit } from './start-or-exit.js';

await startOrExit(async () => {
  const app = await startServer(readConfig());
  new Logger('Harmonia').log(`Listening on ${await app.getUrl()}`);
});
