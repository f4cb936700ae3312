import { RefusalError } from '@harmonia/contract';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { diskPath, segmentOf } from './disk-path.js';
import { isFileKey } from './file-key.js';
import type { FileLimits, FileStore, StagedFile, StoredFile } from './file-store.js';
import { writeStaged } from './staging.js';
import { isOlder, noEntry, syncDirectory } from './disk-calls.js';

/** A directory that no key leads into, since no segment begins with a dot. */
const STAGING = '.staging';

/**
 * Keeps files in a directory: what arrives goes to a temporary file, is flushed to the disk and then renamed into place, so
 * that a file with a key is always whole, also after a crash. Several processes may share the directory, also over a network
 * when names are not cached there (NFS: `lookupcache=positive`).
 *
 * @example const files = new DiskFileStore('./data/files');
 */
export class DiskFileStore implements FileStore {
  private readonly staging: string;
  /** Tells what this process is staging from what an earlier one left behind. */
  private readonly process = randomUUID();

  /**
   * @param directory its own directory, made when it is missing. One in which another program keeps `uploads` or `results` is
   * refused with the first file, since what no job names is swept.
   */
  constructor(private readonly directory: string) {
    this.staging = join(directory, STAGING);
  }

  async stage(source: Readable, limits: FileLimits = {}): Promise<StagedFile> {
    // a source that breaks before it is read must not end the process
    source.on('error', () => undefined);
    await this.claim();
    const temporary = join(this.staging, `${this.process}.${randomUUID()}`);
    const bytes = await writeStaged(temporary, source, limits);
    return {
      bytes,
      keep: (key) => this.keep(temporary, key),
      discard: () => rm(temporary, { force: true }),
    };
  }

  async open(key: string): Promise<StoredFile | null> {
    if (!isFileKey(key)) return null;
    const file = await noEntry(open(diskPath(this.directory, key)));
    if (!file) return null;
    const stats = await file.stat();
    if (stats.isFile()) return { bytes: stats.size, stream: file.createReadStream() };
    await file.close();
    return null;
  }

  async remove(prefix: string): Promise<void> {
    // another process may be adding to a directory meanwhile
    await rm(this.pathOf(prefix), { recursive: true, force: true, maxRetries: 3, retryDelay: 10 });
  }

  async *keys(olderThanMs = 0): AsyncIterable<string> {
    const tops = (await noEntry(readdir(this.directory))) ?? [];
    // without it nothing here is ours
    if (!tops.includes(STAGING)) return;
    for (const top of tops) {
      if (!top.startsWith('.')) yield* this.keysBelow(join(this.directory, top), segmentOf(top), olderThanMs);
    }
  }

  async sweepStaged(olderThanMs = 0): Promise<void> {
    const left = (await noEntry(readdir(this.staging))) ?? [];
    const foreign = left.filter((name) => !name.startsWith(`${this.process}.`)).map((name) => join(this.staging, name));
    for (const path of foreign) if (await isOlder(path, olderThanMs)) await rm(path, { force: true });
  }

  private async claim(): Promise<void> {
    const tops = (await noEntry(readdir(this.directory))) ?? [];
    if (!tops.includes(STAGING) && tops.some((top) => top === 'uploads' || top === 'results')) {
      throw new Error(`The directory ${this.directory} holds files of another program: give DiskFileStore a directory of its own.`);
    }
    await mkdir(this.staging, { recursive: true });
  }

  private async keep(temporary: string, key: string): Promise<void> {
    const path = this.pathOf(key);
    await mkdir(dirname(path), { recursive: true });
    if ((await noEntry(rename(temporary, path))) === null) {
      // another process may have removed the directory in between, with what was in it
      await mkdir(dirname(path), { recursive: true });
      await rename(temporary, path);
    }
    await syncDirectory(dirname(path));
  }

  private async *keysBelow(path: string, key: string, olderThanMs: number): AsyncIterable<string> {
    const entries = (await noEntry(readdir(path, { withFileTypes: true }))) ?? [];
    for (const entry of entries) {
      const [innerPath, innerKey] = [join(path, entry.name), `${key}/${segmentOf(entry.name)}`];
      if (entry.isDirectory()) yield* this.keysBelow(innerPath, innerKey, olderThanMs);
      else if (await isOlder(innerPath, olderThanMs)) yield innerKey;
    }
  }

  private pathOf(key: string): string {
    if (!isFileKey(key)) throw new RefusalError('internal-error', 'A file key is two or more safe segments joined by "/".');
    return diskPath(this.directory, key);
  }
}
