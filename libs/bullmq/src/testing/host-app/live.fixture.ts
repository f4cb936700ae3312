import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { DiskFileStore, HarmoniaJobsModule, JobPublisher, RedisJobStore } from '@harmonia/job-engine';
import { LiveJobs } from '../../live/live-jobs.js';
import type { Invoices } from './send-invoices.fixture.js';
import { directory, url } from './settings.fixture.js';

@Module({
  imports: [HarmoniaJobsModule.forRoot({ store: () => RedisJobStore.open({ url }), files: new DiskFileStore(directory), runner: false })],
})
class LiveModule {}

const app = await NestFactory.createApplicationContext(LiveModule, { logger: ['fatal'] });

export const live = new LiveJobs<Invoices>(app.get(JobPublisher), ({ data, name }) => ({ userId: data.userId, title: name }));
