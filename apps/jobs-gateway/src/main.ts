import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { readConfig, StartError } from './config.js';
import { startServer } from './server.js';

try {
  const app = await startServer(readConfig());
  new Logger('Harmonia').log(`Listening on ${await app.getUrl()}`);
} catch (error) {
  console.error(error instanceof StartError ? `Harmonia cannot start:\n- ${error.problems.join('\n- ')}` : error);
  process.exit(1);
}
