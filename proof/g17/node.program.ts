import 'reflect-metadata';
import { HarmoniaGatewayModule } from '@harmonia/gateway';
import { DiskFileStore, HarmoniaJobsModule, JobAccessPolicy, RedisJobStore, type JobSession } from '@harmonia/job-engine';
import type { Job } from '@harmonia/contract';
import { join } from 'node:path';
import { serveNode } from '../rig/serve-node.ts';

/** A node of an application in which groups of people share jobs: `red-7` may read what is tagged `red`. */
const { REDIS_URL: url = '', JWT_SECRET: secret = '', DATA_DIR: directory = '', BEAT_MS: beatMs = '5000' } = process.env;

class GroupPolicy extends JobAccessPolicy {
  override allows({ userId }: JobSession, _: string, job: Job): boolean {
    return job.tags.some((tag) => userId.startsWith(`${tag}-`));
  }
}

await serveNode(
  HarmoniaJobsModule.forRoot({
    store: () => RedisJobStore.open({ url }),
    files: () => new DiskFileStore(join(directory, 'files')),
    policy: new GroupPolicy(),
    runner: false,
  }),
  HarmoniaGatewayModule.forRoot({ jwt: { secret }, nodes: { redis: url }, presence: { beatMs: Number(beatMs) } }),
);
