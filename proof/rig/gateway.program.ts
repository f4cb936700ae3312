import 'reflect-metadata';
import { HarmoniaGatewayModule } from '@harmonia/gateway';
import { DiskFileStore, HarmoniaJobsModule, RedisJobStore } from '@harmonia/job-engine';
import { join } from 'node:path';
import { serveNode } from './serve-node.ts';

/** The least application with Harmonia in it, as one node of many: what mutants are built of, and what fits any commit of the libraries. */
const { REDIS_URL: url = '', JWT_SECRET: secret = '', DATA_DIR: directory = '' } = process.env;

await serveNode(
  HarmoniaJobsModule.forRoot({
    store: () => RedisJobStore.open({ url }),
    files: () => new DiskFileStore(join(directory, 'files')),
    runner: false,
    jobTypes: ['simulate'],
  }),
  HarmoniaGatewayModule.forRoot({ jwt: { secret } }),
);
