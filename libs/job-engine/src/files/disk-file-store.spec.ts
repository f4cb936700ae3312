import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { DiskFileStore } from './disk-file-store.js';
import type { FileStore } from './file-store.js';

let directory: string;
let files: DiskFileStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'harmonia-files-'));
  files = new DiskFileStore(directory);
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const staged = () => readdir(join(directory, '.staging')).catch(() => []);

async function put(key: string, text: string, store: FileStore = files): Promise<void> {
  await (await store.stage(Readable.from([Buffer.from(text)]))).keep(key);
}

async function text(key: string): Promise<string | null> {
  const file = await files.open(key);
  return file && (await buffer(file.stream)).toString();
}

async function keys(): Promise<string[]> {
  const found: string[] = [];
  for await (const key of files.keys()) found.push(key);
  return found.sort();
}

describe('staging a file', () => {
  it('keeps what arrived whole under its key, and nothing else', async () => {
    const file = await files.stage(Readable.from(['héllo ', Buffer.from('world'), new Uint8Array([33])]));
    expect(file.bytes).toBe(13);
    expect(await keys()).toEqual([]);
    await file.keep('uploads/a');
    expect(await text('uploads/a')).toBe('héllo world!');
    expect(await staged()).toEqual([]);
  });

  it('replaces in one step what had the key before', async () => {
    await put('uploads/a', 'old');
    const before = await files.open('uploads/a');
    await put('uploads/a', 'new');
    expect(await text('uploads/a')).toBe('new');
    expect(before && (await buffer(before.stream)).toString()).toBe('old');
  });

  it('leaves nothing of what is discarded', async () => {
    const file = await files.stage(Readable.from(['x']));
    await file.discard();
    expect(await staged()).toEqual([]);
  });

  it('stops reading a file that is too large, closes its source and deletes what came', async () => {
    let handed = 0;
    const source = new Readable({
      highWaterMark: 1000,
      read() {
        handed += 1000;
        this.push(Buffer.alloc(1000));
      },
    });
    await expect(files.stage(source, { maxBytes: 10_000 })).rejects.toMatchObject({ code: 'file-too-large' });
    expect(handed).toBeLessThan(20_000);
    expect(source.destroyed).toBe(true);
    expect(await staged()).toEqual([]);
  });

  it('takes a file that is exactly as large as it may be', async () => {
    expect((await files.stage(Readable.from([Buffer.alloc(10)]), { maxBytes: 10 })).bytes).toBe(10);
  });

  it('refuses an empty file only where it is told to', async () => {
    await expect(files.stage(Readable.from([]), { allowEmpty: false })).rejects.toMatchObject({ code: 'file-empty' });
    expect(await staged()).toEqual([]);
    await (await files.stage(Readable.from([]))).keep('uploads/empty');
    expect(await text('uploads/empty')).toBe('');
  });

  it.each([
    ['fails', new Error('reset'), 'reset'],
    ['is closed before its end', undefined, 'Premature close'],
  ])('refuses a source that %s as cut off, with the reason for the log', async (_, error, message) => {
    let reads = 0;
    const source = new Readable({
      read() {
        if (++reads === 1) this.push('half');
        else this.destroy(error);
      },
    });
    const refusal: unknown = await files.stage(source).catch((refused: unknown) => refused);
    expect(refusal).toMatchObject({ code: 'file-cut-off', cause: { message } });
    expect(await staged()).toEqual([]);
  });

  it('refuses a source that fails before the disk is ready', async () => {
    const source = new PassThrough();
    const refused = files.stage(source).catch((error: unknown) => error);
    expect(source.listenerCount('error')).toBeGreaterThan(0); // or the process would end here
    source.destroy(new Error('reset'));
    expect(await refused).toMatchObject({ code: 'file-cut-off', cause: { message: 'reset' } });
    expect(await staged()).toEqual([]);
  });

  it('refuses a source that was closed before it came, or hands out no bytes', async () => {
    const closed = new PassThrough();
    closed.destroy();
    await expect(files.stage(closed)).rejects.toMatchObject({ code: 'file-cut-off' });
    await expect(files.stage(Readable.from([{ no: 'bytes' }]))).rejects.toMatchObject({ code: 'file-cut-off' });
  });

  it('does not blame the source for a disk that cannot be written', async () => {
    await writeFile(join(directory, '.staging'), 'in the way');
    await expect(files.stage(Readable.from(['x']))).rejects.toMatchObject({ code: expect.stringMatching(/EEXIST|ENOTDIR/) });
  });
});

describe('the keys of files', () => {
  const bad = [
    '',
    'uploads',
    'uploads/',
    '/uploads/a',
    'uploads/../a',
    'uploads/..',
    '../../etc/passwd',
    'uploads/.hidden',
    '.staging/x',
    'a//b',
  ];
  const worse = ['uploads\\..\\a', 'uploads/a\\b', 'uploads/a\0b', 'uploads/a\nb', 'c:/a', `uploads/${'é'.repeat(101)}`];

  it.each([...bad, ...worse])('never lead out of the store: %j', async (key) => {
    await writeFile(join(directory, 'secret'), 'secret');
    expect(await files.open(key)).toBeNull();
    const file = await files.stage(Readable.from(['x']));
    await expect(file.keep(key)).rejects.toMatchObject({ code: 'internal-error' });
    await expect(files.remove(key)).rejects.toMatchObject({ code: 'internal-error' });
    expect(existsSync(join(directory, 'secret'))).toBe(true);
  });

  it.each(['abc', 'ABC', 'aBc', 'a~b', 'con', 'NUL', 'lpt1.txt', 'a.', 'Übersicht Mai.md', '日本語.md', 'x'.repeat(200)])(
    'come back as they were: %s',
    async (name) => {
      await put(`uploads/${name}`, name);
      expect(await keys()).toEqual([`uploads/${name}`]);
      expect(await text(`uploads/${name}`)).toBe(name);
    },
  );

  it('[R8] stay apart on file systems that ignore case, or drop the last dot', async () => {
    for (const name of ['abc', 'ABC', 'aBC', 'a', 'a.']) await put(`uploads/${name}`, name);
    const onDisk = (await readdir(join(directory, 'uploads'))).map((name) => name.toLowerCase().replace(/\.$/, ''));
    expect(new Set(onDisk).size).toBe(5);
  });

  it('answer nothing for a file that is not there, or a directory', async () => {
    await put('results/a/1/x.md', 'x');
    expect(await files.open('uploads/a')).toBeNull();
    expect(await files.open('results/a')).toBeNull();
    expect(await files.open('results/a/1/x.md/y')).toBeNull();
  });

  it('are all told, wherever they lie, and none where there is nothing', async () => {
    expect(await keys()).toEqual([]);
    await put('uploads/a', 'x');
    await put('results/a/1/x.md', 'x');
    await put('results/a/2/y.md', 'y');
    await (await files.stage(Readable.from(['staged']))).discard();
    expect(await keys()).toEqual(['results/a/1/x.md', 'results/a/2/y.md', 'uploads/a']);
  });
});

describe('removing', () => {
  it('takes a file, or all below a prefix, and nothing that only begins alike', async () => {
    for (const key of ['results/a/1/x', 'results/a/2/y', 'results/ab/1/z', 'uploads/a']) await put(key, key);
    await files.remove('results/a/1');
    expect(await keys()).toEqual(['results/a/2/y', 'results/ab/1/z', 'uploads/a']);
    await files.remove('results/a');
    await files.remove('uploads/a');
    await files.remove('uploads/nowhere');
    expect(await keys()).toEqual(['results/ab/1/z']);
  });

  it('sweeps what an earlier process has staged, not what this one is staging', async () => {
    await new DiskFileStore(directory).stage(Readable.from(['left behind']));
    const mine = await files.stage(Readable.from(['mine']));
    await files.sweepStaged();
    expect(await staged()).toHaveLength(1);
    await mine.keep('uploads/a');
    expect(await text('uploads/a')).toBe('mine');
    await new DiskFileStore(join(directory, 'new')).sweepStaged();
  });

  it('hands on what the disk says', async () => {
    await put('uploads/a', 'x');
    expect(await readFile(join(directory, 'uploads', 'a'), 'utf8')).toBe('x');
    await expect(put(`uploads/${'x'.repeat(200)}/${'y'.repeat(200)}`, 'x')).resolves.toBeUndefined();
    await expect(put('uploads/a/b', 'x')).rejects.toMatchObject({ code: expect.stringMatching(/EEXIST|ENOTDIR/) });
  });
});
