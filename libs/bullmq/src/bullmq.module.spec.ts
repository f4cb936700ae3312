import { Test } from '@nestjs/testing';
import { DiskFileStore, HarmoniaJobsModule, SqliteJobStore } from '@harmonia/job-engine';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HarmoniaBullmqModule } from './bullmq.module.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'harmonia-bullmq-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const jobs = () =>
  HarmoniaJobsModule.forRoot({ store: () => SqliteJobStore.open({ directory: ':memory:' }), files: new DiskFileStore(directory) });

describe('HarmoniaBullmqModule', () => {
  it('refuses options that cannot be used when the application starts', async () => {
    const imports = [jobs(), HarmoniaBullmqModule.forRoot({ connection: {}, attempts: 0 })];
    await expect(Test.createTestingModule({ imports }).compile()).rejects.toThrow('An option of HarmoniaBullmqModule cannot be used.');
  });

  it('closes with a host that has failed to start', async () => {
    const broken = { provide: 'broken', useFactory: () => ({ onModuleInit: () => Promise.reject(new Error('broken')) }) };
    const imports = [jobs(), HarmoniaBullmqModule.forRootAsync({ useFactory: () => ({ connection: {} }) })];
    const host = await Test.createTestingModule({ imports, providers: [broken] }).compile();
    await expect(host.init()).rejects.toThrow('broken');
    await expect(host.close()).resolves.toBeUndefined();
  });
});
