import 'reflect-metadata';
import { HarmoniaGatewayModule } from '@harmonia/gateway';
import { DiskFileStore, HarmoniaJobsModule, RedisJobStore, SqliteJobStore } from '@harmonia/job-engine';
import { join } from 'node:path';
import { serveNode } from '../rig/serve-node.ts';

/** A node of an application whose sessions are tried: with Redis one of many, else alone. All that comes is of one address. */
const { REDIS_URL: url = '', JWT_SECRET: secret = '', DATA_DIR: directory = '' } = process.env;

await serveNode(
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
);
