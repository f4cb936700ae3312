import 'reflect-metadata';
import { HarmoniaGatewayModule, useHarmoniaSockets } from '@harmonia/gateway';
import { DiskFileStore, HarmoniaJobsModule, RedisJobStore, SqliteJobStore } from '@harmonia/job-engine';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { join } from 'node:path';

/** A node of an application whose sessions are tried: with Redis one of many, else alone. All that comes is of one address. */
const { REDIS_URL: url = '', JWT_SECRET: secret = '', DATA_DIR: directory = '', PORT: port = '0' } = process.env;

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
      store: () => (url === '' ? SqliteJobStore.open({ directory }) : RedisJobStore.open({ url, onTrouble: () => undefined })),
      files: () => new DiskFileStore(join(directory, 'files')),
      runner: false,
    }),
    HarmoniaGatewayModule.forRoot({
      jwt: { secret },
      limits: { unauthenticatedPerAddress: 10_000, refusedPerMinute: 1_000_000 },
      ...(url !== '' && { nodes: { redis: url } }),
    }),
  ],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
useHarmoniaSockets(app);
await app.listen(Number(port), '127.0.0.1');
