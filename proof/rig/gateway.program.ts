import 'reflect-metadata';
import { HarmoniaGatewayModule, useHarmoniaSockets } from '@harmonia/gateway';
import { DiskFileStore, HarmoniaJobsModule, RedisJobStore } from '@harmonia/job-engine';
import { Controller, Get, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { join } from 'node:path';

/** The least application with Harmonia in it, as one node of many: what mutants are built of, and what fits any commit of the libraries. */
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
      store: () => RedisJobStore.open({ url }),
      files: () => new DiskFileStore(join(directory, 'files')),
      runner: false,
      jobTypes: ['simulate'],
    }),
    HarmoniaGatewayModule.forRoot({ jwt: { secret } }),
  ],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
app.enableShutdownHooks(['SIGTERM'], { useProcessExit: true });
useHarmoniaSockets(app);
await app.listen(Number(port), '127.0.0.1');
