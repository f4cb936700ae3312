import { HarmoniaGatewayModule, useHarmoniaSockets } from '@harmonia/gateway';
import { DiskFileStore, HarmoniaJobsModule } from '@harmonia/job-engine';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StreamStore } from '../stream/stream-store.ts';
import type { Serve } from './served.ts';

/** One machine plays everybody, in a moment. */
const LIMITS = { socketsPerUser: 1e6, unauthenticatedPerAddress: 1e6, eventsPerSecond: 1e6, burst: 1e6 };

/** Harmonia in a plain Nest application, as one node of many: it hears of changes by following the store. */
export const serve: Serve = async (stream, { secret, compression }) => {
  const store = new StreamStore(stream);
  // nothing here writes a file
  const files = new DiskFileStore(join(tmpdir(), 'harmonia-bench'));

  @Module({
    imports: [
      HarmoniaJobsModule.forRoot({ store, files, runner: false }),
      HarmoniaGatewayModule.forRoot({ jwt: { secret }, http: false, limits: LIMITS, frames: { compress: compression } }),
    ],
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  useHarmoniaSockets(app);
  await app.listen(0, '127.0.0.1');
  return { port: Number(new URL(await app.getUrl()).port), tell: (changes) => store.tell(changes) };
};
