import 'reflect-metadata';
import type { Job } from '@harmonia/contract';
import { HarmoniaGatewayModule } from '@harmonia/gateway';
import {
  DiskFileStore,
  HarmoniaJobsModule,
  JobAccessPolicy,
  RedisJobStore,
  type JobOperation,
  type JobSession,
} from '@harmonia/job-engine';
import { Redis } from 'ioredis';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { grantOf, GRANTS } from './grants.ts';
import { serveNode } from '../rig/serve-node.ts';

/** A node of an application that says in a table of its own who may see which job, and takes its time to answer. */
const { REDIS_URL: url = '', JWT_SECRET: secret = '', DATA_DIR: directory = '', DEFAULT_POLICY: isDefault = '' } = process.env;

/** Long enough for what happens meanwhile to reach the node, also on a busy machine. */
const MOST_MS = 30;

/** What the table says, else owners and admins: as of when it was asked, which may be a while ago when it answers. */
class GrantPolicy extends JobAccessPolicy {
  private readonly redis = new Redis(url, { enableAutoPipelining: true });

  override async allows({ userId, roles }: JobSession, _: JobOperation, job: Job): Promise<boolean> {
    const granted = await this.redis.hget(GRANTS, grantOf(userId, job.id));
    if (Math.random() < 0.3) await pause(Math.random() * MOST_MS);
    return granted === null ? job.userId === userId || roles.includes('admin') : granted === 'yes';
  }
}

await serveNode(
  HarmoniaJobsModule.forRoot({
    store: () => RedisJobStore.open({ url }),
    files: () => new DiskFileStore(join(directory, 'files')),
    ...(isDefault === '' && { policy: new GrantPolicy() }),
    runner: false,
  }),
  // whoever races asks more than a person at a page
  HarmoniaGatewayModule.forRoot({
    jwt: { secret },
    frames: { intervalMs: 20 },
    limits: { eventsPerSecond: 100_000, burst: 100_000, requestsPerMinute: 1_000_000 },
  }),
);
