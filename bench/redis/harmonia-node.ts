import { HarmoniaGatewayModule, useHarmoniaSockets } from '@harmonia/gateway';
import { DiskFileStore, HarmoniaJobsModule, JobPublisher, RedisJobStore } from '@harmonia/job-engine';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Harmonia in a plain Nest application, as one node of many. */
export async function serveByHarmonia(url: string, secret: string): Promise<{ port: number; publisher: JobPublisher }> {
  const store = RedisJobStore.open({ url });
  // nothing here writes a file
  const files = new DiskFileStore(join(tmpdir(), 'harmonia-bench'));

  @Module({
    imports: [HarmoniaJobsModule.forRoot({ store, files, runner: false }), HarmoniaGatewayModule.forRoot({ jwt: { secret }, http: false })],
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  useHarmoniaSockets(app);
  await app.listen(0, '127.0.0.1');
  return { port: Number(new URL(await app.getUrl()).port), publisher: app.get(JobPublisher) };
}
