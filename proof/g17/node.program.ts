import 'reflect-metadata';
import { HarmoniaGatewayModule, useHarmoniaSockets } from '@harmonia/gateway';
import { DiskFileStore, HarmoniaJobsModule, JobAccessPolicy, RedisJobStore, type JobSession } from '@harmonia/job-engine';
import type { Job } from '@harmonia/contract';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { join } from 'node:path';

/** A node of an application in which groups of people share jobs: `red-7` may read what is tagged `red`. */
const { REDIS_URL: url = '', JWT_SECRET: secret = '', DATA_DIR: directory = '', PORT: port = '0', BEAT_MS: beatMs = '5000' } = process.env;

class GroupPolicy extends JobAccessPolicy {
  override allows({ userId }: JobSession, _: string, job: Job): boolean {
    return job.tags.some((tag) => userId.startsWith(`${tag}-`));
  }
}

@Controller('health')
class Health {
  @Get('ready')
  ready() {
    return { status: 'ok' };
  }
}

@Module({
  controllers: [Health],
  imports: [
    HarmoniaJobsModule.forRoot({
      store: () => RedisJobStore.open({ url }),
      files: () => new DiskFileStore(join(directory, 'files')),
      policy: new GroupPolicy(),
      runner: false,
    }),
    HarmoniaGatewayModule.forRoot({ jwt: { secret }, nodes: { redis: url }, presence: { beatMs: Number(beatMs) } }),
  ],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
useHarmoniaSockets(app);
await app.listen(Number(port), '127.0.0.1');
