import { Inject, Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import type { Job } from '@harmonia/contract';
import { temporaryDirectory, TestEngine } from './engine.suite.js';
import { DiskFileStore } from './files/disk-file-store.js';
import type { FileStore } from './files/file-store.js';
import { HarmoniaJobsModule } from './job-engine.module.js';
import { FILE_STORE, JOB_STORE } from './job-engine.tokens.js';
import { JobAccessPolicy, OwnerOrAdminPolicy } from './publishing/job-access-policy.js';
import { JobAccess } from './publishing/job-access.js';
import { JobPublisher } from './publishing/job-publisher.js';
import { SqliteJobStore } from './store/sqlite-job-store.js';
import type { JobStore } from './store/job-store.js';

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;

beforeEach(async () => {
  directory = await temporaryDirectory();
});

afterEach(() => directory.remove());

/** A host's own service, in a module that imports nothing of the engine. */
@Injectable()
class Invoices {
  constructor(
    @Inject(JobPublisher) readonly publisher: JobPublisher,
    @Inject(JobAccess) readonly access: JobAccess,
    @Inject(JOB_STORE) readonly store: JobStore,
    @Inject(FILE_STORE) readonly files: FileStore,
  ) {}
}

@Module({ providers: [Invoices] })
class InvoicesModule {}

class OpenPolicy extends JobAccessPolicy {
  override allows(): boolean {
    return true;
  }
}

const stranger = { userId: 'eve', roles: [], scopes: [], expiresAt: null };

describe('HarmoniaJobsModule', () => {
  it('serves every module of the host with instances that are ready', async () => {
    const files = new DiskFileStore(directory.path);
    const store = SqliteJobStore.open({ directory: ':memory:' });
    @Module({ imports: [HarmoniaJobsModule.forRoot({ store, files }), InvoicesModule] })
    class Host {}
    const app = await NestFactory.createApplicationContext(Host, { logger: false, abortOnError: false });
    const invoices = app.get(Invoices, { strict: false });
    expect(invoices.store).toBe(store);
    expect(invoices.files).toBe(files);
    expect(app.get(JobAccessPolicy)).toBeInstanceOf(OwnerOrAdminPolicy);
    const job = await invoices.publisher.created({ userId: 'ann', jobType: 'external' });
    await expect(invoices.access.read(stranger, job.id)).rejects.toMatchObject({ code: 'job-not-found' });
    await app.close();
  });

  it('serves it with what is made when the host starts, from what the host injects', async () => {
    @Injectable()
    class Config {
      readonly directory = directory.path;
    }
    @Module({ providers: [Config], exports: [Config] })
    class ConfigModule {}
    const jobs = HarmoniaJobsModule.forRootAsync({
      imports: [ConfigModule],
      inject: [Config],
      useFactory: (config: Config) => ({
        store: async () => Promise.resolve(SqliteJobStore.open(config)),
        files: () => new DiskFileStore(config.directory),
        policy: new OpenPolicy(),
      }),
    });
    @Module({ imports: [jobs, InvoicesModule] })
    class Host {}
    const app = await NestFactory.createApplicationContext(Host, { logger: false, abortOnError: false });
    const { publisher, access, store } = app.get(Invoices, { strict: false });
    const job = await publisher.created({ userId: 'ann', jobType: 'external' });
    expect(await access.read(stranger, job.id)).toEqual(job);
    expect(store).toBeInstanceOf(SqliteJobStore);
    await app.close();
  });

  it('commits what waits when the host stops, then closes the store', async () => {
    const engine = await TestEngine.start(directory.path);
    await engine.publisher.created({ id: 'a', userId: 'ann', jobType: 'external' });
    await engine.publisher.progress('a', 10);
    void engine.publisher.progress('a', 20);
    await engine.app.close();
    await expect(engine.store.read(['a'])).rejects.toMatchObject({ code: 'unavailable' });
    await expect(engine.publisher.progress('a', 30)).rejects.toMatchObject({ code: 'server-stopping' });
    const store = SqliteJobStore.open({ directory: directory.path });
    expect((await store.read(['a'])).records.get('a')?.job).toMatchObject({ progress: { current: 20 } } satisfies Partial<
      Record<keyof Job, unknown>
    >);
    await store.close();
  });

  it('closes the store of a host that failed to start, when that is closed', async () => {
    const broken = { provide: 'broken', useFactory: () => ({ onModuleInit: () => Promise.reject(new Error('broken')) }) };
    const jobs = HarmoniaJobsModule.forRoot({
      store: () => SqliteJobStore.open({ directory: directory.path }),
      files: new DiskFileStore(directory.path),
    });
    const host = await Test.createTestingModule({ imports: [jobs], providers: [broken] }).compile();
    await expect(host.init()).rejects.toThrow('broken');
    await host.close();
    await expect(SqliteJobStore.open({ directory: directory.path }).close()).resolves.toBeUndefined();
  });
});
