import 'reflect-metadata';
import { HarmoniaGatewayModule, useHarmoniaSockets } from '@harmonia/gateway';
import {
  DiskFileStore,
  EXTERNAL_JOB_TYPE,
  HarmoniaJobsModule,
  JobHandler,
  JobPublisher,
  SqliteJobStore,
  type JobRunner,
  type JobStore,
  type RunningJob,
  type RunReport,
} from '@harmonia/job-engine';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { join } from 'node:path';
import { answerCalls } from '../../../test-processes/calls.ts';
import type { Usage } from '../node/usage.ts';

/** What the program is started with. */
export interface StartReports {
  readonly directory: string;
  readonly secret: string;
  /** How many handlers report at the same time. */
  readonly running: number;
}

const JOB_TYPE = 'counting';
const reported = new Map<string, number>();
let calls = 0;
let isOver = false;
let publisher: JobPublisher | null = null;
let store: JobStore | null = null;

/** Work that does nothing but report. */
@JobHandler(JOB_TYPE)
class Counting implements JobRunner {
  async run(job: RunningJob, report: RunReport): Promise<null> {
    for (let current = 1; !isOver; current++) {
      await report.progress({ current, total: 1e9, message: 'Counting' });
      reported.set(job.id, current);
      calls++;
    }
    return null;
  }
}

async function start({ directory, secret, running }: StartReports): Promise<{ port: number; external: readonly string[] }> {
  const opened = SqliteJobStore.open({ directory });
  store = opened;

  @Module({
    providers: [Counting],
    imports: [
      HarmoniaJobsModule.forRoot({ store: opened, files: new DiskFileStore(join(directory, 'files')), runner: { concurrency: running } }),
      HarmoniaGatewayModule.forRoot({ jwt: { secret } }),
    ],
  })
  class AppModule {}

  const app = await NestFactory.create(AppModule, { logger: ['error', 'warn'] });
  useHarmoniaSockets(app);
  await app.listen(0, '127.0.0.1');
  const jobs = app.get(JobPublisher);
  publisher = jobs;
  const external: string[] = [];
  for (let index = 0; index < running; index++) {
    external.push((await jobs.created({ userId: 'ada', jobType: EXTERNAL_JOB_TYPE })).id);
  }
  return { port: Number(new URL(await app.getUrl()).port), external };
}

/** How many jobs do not hold what their handler has reported last. */
async function wrong(): Promise<number> {
  isOver = true;
  const ids = [...reported.keys()];
  for (;;) {
    const records = (await store?.read(ids))?.records ?? new Map();
    const jobs = ids.map((id) => records.get(id)?.job);
    // the end of a job sets `current` to `total`: what was reported last is the entry before it
    if (jobs.some((job) => job?.status !== 'completed')) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    const histories = await Promise.all(ids.map(async (id) => (await store?.history(id)) ?? []));
    return histories.filter((entries, index) => {
      const last = entries.findLast(({ status }) => status === 'processing');
      return last?.progress?.current !== reported.get(ids[index] ?? '');
    }).length;
  }
}

answerCalls({
  start,
  run: async (count: number) => {
    for (let index = 0; index < count; index++) await publisher?.created({ userId: 'ada', jobType: JOB_TYPE });
  },
  usage: (): Usage => ({ ...process.cpuUsage(), changes: calls, at: performance.now() }),
  wrong,
  progressOf: async (id: string) => (await store?.read([id]))?.records.get(id)?.job.progress?.current,
  flush: () => publisher?.flush(),
});
