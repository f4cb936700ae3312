import { Logger } from '@nestjs/common';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { OutageJobStore } from '../publishing/outage-job-store.suite.js';
import { complete, create, report } from '../store/store-probe.suite.js';
import { DiskFileStore } from './disk-file-store.js';
import { JobFiles, sweepOrphans } from './job-files.js';

let directory: string;
let files: DiskFileStore;
let store: OutageJobStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'harmonia-job-files-'));
  files = new DiskFileStore(directory);
  store = new OutageJobStore();
});

afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

async function put(...keys: string[]): Promise<void> {
  for (const key of keys) await (await files.stage(Readable.from(['x']))).keep(key);
}

async function kept(): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of files.keys()) keys.push(key);
  return keys.sort();
}

describe('sweeping at the start', () => {
  it('keeps uploads of known jobs and results of current completed attempts, and nothing else', async () => {
    await store.apply([create('done'), report('done', { attempt: 2, status: 'processing' }), complete('done')]);
    await store.apply([create('busy'), report('busy', { status: 'processing' })]);
    await put('uploads/done', 'uploads/busy', 'results/done/2/a.md', 'results/done/2/b.md');
    await put('uploads/gone', 'results/gone/1/a.md', 'results/done/1/a.md', 'results/done/22/a.md', 'results/busy/1/a.md');
    await put('stray/done', 'uploads/done.old/x');
    await new DiskFileStore(directory).stage(Readable.from(['never kept']));
    await sweepOrphans(files, store);
    expect(await kept()).toEqual(['results/done/2/a.md', 'results/done/2/b.md', 'uploads/busy', 'uploads/done']);
    expect((await readdir(join(directory, 'results'))).sort()).toEqual(['busy', 'done']);
  });

  it('asks the store in batches, however many files there are', async () => {
    const sizes: number[] = [];
    const read = (ids: readonly string[]) => {
      sizes.push(ids.length);
      return store.read(ids);
    };
    await store.apply([create('j7')]);
    await put(...Array.from({ length: 620 }, (_, index) => `uploads/j${index}`));
    await sweepOrphans(files, { read });
    expect(await kept()).toEqual(['uploads/j7']);
    expect(sizes).toEqual([500, 120]);
  });
});

describe('the files of removed jobs', () => {
  it('go with the job', async () => {
    await store.apply([create('a'), complete('a'), create('b')]);
    await put('uploads/a', 'uploads/b', 'results/a/1/x.md');
    const jobFiles = new JobFiles(files, store);
    await jobFiles.start();
    await store.apply([{ kind: 'removed', id: 'a' }]);
    await jobFiles.stop();
    expect(await kept()).toEqual(['uploads/b']);
  });

  it('[R12] stay when the job was created anew meanwhile', async () => {
    await store.apply([create('a'), complete('a')]);
    await put('uploads/a');
    const jobFiles = new JobFiles(files, store);
    await jobFiles.start();
    await store.apply([{ kind: 'removed', id: 'a' }, create('a')]);
    await jobFiles.stop();
    expect(await kept()).toEqual(['uploads/a']);
  });

  it('are left to the next start when they cannot be removed now', async () => {
    const errors = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    await store.apply([create('a'), complete('a')]);
    await put('uploads/a');
    const jobFiles = new JobFiles(files, store);
    await store.follow(null, () => store.fail());
    await jobFiles.start();
    await store.apply([{ kind: 'removed', id: 'a' }]);
    await jobFiles.stop();
    expect(errors).toHaveBeenCalledWith('The files of job a could not be removed.', expect.anything());
    expect(await kept()).toEqual(['uploads/a']);
    store.recover();
    await sweepOrphans(files, store);
    expect(await kept()).toEqual([]);
    errors.mockRestore();
  });
});
