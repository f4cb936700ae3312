import { Logger } from '@nestjs/common';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate as nextTick } from 'node:timers/promises';
import { OutageJobStore } from '../publishing/outage-job-store.suite.js';
import { complete, create, report } from '../store/store-probe.suite.js';
import { DiskFileStore } from './disk-file-store.js';
import { JobFiles } from './job-files.js';
import { sweepOrphans } from './orphan-sweep.js';

const SETTINGS = { heartbeatTimeoutMs: 60_000 };
const HOUR = 60 * 60_000;

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
  it('keeps uploads of known jobs, results of current completed attempts and what is not of jobs, and nothing else', async () => {
    await store.apply([create('done'), report('done', { attempt: 2, status: 'processing' }), complete('done')]);
    await store.apply([create('busy'), report('busy', { status: 'processing' })]);
    await put('uploads/done', 'uploads/busy', 'results/done/2/a.md', 'results/done/2/b.md');
    await put('uploads/gone', 'results/gone/1/a.md', 'results/done/1/a.md', 'results/done/22/a.md', 'results/busy/1/a.md');
    await put('stray/done', 'uploads/done.old/x');
    await new DiskFileStore(directory).stage(Readable.from(['never kept']));
    await sweepOrphans(files, store);
    expect(await kept()).toEqual(['results/done/2/a.md', 'results/done/2/b.md', 'stray/done', 'uploads/busy', 'uploads/done']);
    expect((await readdir(join(directory, 'results'))).sort()).toEqual(['busy', 'done']);
  });

  it('touches nothing in a directory that another program keeps its uploads in, and puts nothing there', async () => {
    await mkdir(join(directory, 'uploads'));
    await writeFile(join(directory, 'uploads', 'theirs'), 'x');
    await sweepOrphans(files, store);
    await expect(put('uploads/ours')).rejects.toThrow('a directory of its own');
    expect(await readdir(directory)).toEqual(['uploads']);
    expect(await readdir(join(directory, 'uploads'))).toEqual(['theirs']);
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

describe('sweeping what other processes share', () => {
  const age = async (name: string) => utimes(join(directory, name), new Date(), new Date(Date.now() - 2 * HOUR));

  it('[F2] keeps what is young, and the results of attempts that have not ended', async () => {
    await store.apply([create('busy'), report('busy', { attempt: 2, status: 'processing' }), create('done'), complete('done')]);
    const old = [
      'uploads/busy',
      'results/busy/1/a.md',
      'results/busy/2/a.md',
      'results/busy/3/a.md',
      'results/done/1/a.md',
      'uploads/gone',
    ];
    await put(...old, 'uploads/young', 'results/young/1/a.md');
    for (const key of old) await age(key);
    await sweepOrphans(files, store, HOUR);
    const stays = ['results/busy/2/a.md', 'results/busy/3/a.md', 'results/done/1/a.md', 'results/young/1/a.md'];
    expect(await kept()).toEqual([...stays, 'uploads/busy', 'uploads/young']);
  });

  it('takes no staged file that a living process may be writing', async () => {
    const [theirs, left] = [new DiskFileStore(directory), new DiskFileStore(directory)];
    const abandoned = await left.stage(Readable.from(['never kept']));
    for (const name of await readdir(join(directory, '.staging'))) await age(join('.staging', name));
    const staged = await theirs.stage(Readable.from(['in time']));
    await sweepOrphans(files, store, HOUR);
    await staged.keep('uploads/a');
    await expect(abandoned.keep('uploads/b')).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await kept()).toEqual(['uploads/a']);
  });

  it('[F2] waits until forgotten jobs may have been told anew, and sweeps by itself then', async () => {
    const shared = Object.assign(store, { isShared: true as const });
    await put('uploads/gone');
    await age('uploads/gone');
    const jobFiles = new JobFiles(files, shared, { heartbeatTimeoutMs: 20 });
    await jobFiles.start();
    expect(await kept()).toEqual(['uploads/gone']);
    while ((await kept()).length > 0) await nextTick();
    await jobFiles.stop();
    expect(await kept()).toEqual([]);
  });
});

describe('the files of removed jobs', () => {
  it('go with the job', async () => {
    await store.apply([create('a'), complete('a'), create('b')]);
    await put('uploads/a', 'uploads/b', 'results/a/1/x.md');
    const jobFiles = new JobFiles(files, store, SETTINGS);
    await jobFiles.start();
    await store.apply([{ kind: 'removed', id: 'a' }]);
    await jobFiles.stop();
    expect(await kept()).toEqual(['uploads/b']);
  });

  it('[R12] stay when the job was created anew meanwhile', async () => {
    await store.apply([create('a'), complete('a')]);
    await put('uploads/a');
    const jobFiles = new JobFiles(files, store, SETTINGS);
    await jobFiles.start();
    await store.apply([{ kind: 'removed', id: 'a' }, create('a')]);
    await jobFiles.stop();
    expect(await kept()).toEqual(['uploads/a']);
  });

  it('are left to the next start when they cannot be removed now', async () => {
    const errors = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    await store.apply([create('a'), complete('a')]);
    await put('uploads/a');
    const jobFiles = new JobFiles(files, store, SETTINGS);
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
