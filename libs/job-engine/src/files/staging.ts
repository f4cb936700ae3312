import { RefusalError } from '@harmonia/contract';
import { open, rm, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { FileLimits } from './file-store.js';

/** Takes a stream to its end into a new file that is then safe on the disk; the bytes it holds. Nothing is left when refused. */
export async function writeStaged(path: string, source: Readable, limits: FileLimits): Promise<number> {
  const file = await open(path, 'wx');
  try {
    const bytes = await copy(source, file, limits);
    await file.sync();
    return bytes;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await file.close();
  }
}

async function copy(source: Readable, file: FileHandle, { maxBytes = Infinity, allowEmpty = true }: FileLimits): Promise<number> {
  let bytes = 0;
  for await (const chunk of chunksOf(source)) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RefusalError('file-too-large', `The file is larger than ${maxBytes} bytes. Choose a smaller one.`);
    await file.writeFile(chunk);
  }
  if (bytes === 0 && !allowEmpty) throw new RefusalError('file-empty');
  return bytes;
}

/** What fails here is the source: it broke, or was closed before its end. */
async function* chunksOf(source: Readable): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of source) yield bytesOf(chunk);
  } catch (error) {
    throw Object.assign(new RefusalError('file-cut-off'), { cause: error });
  }
}

function bytesOf(chunk: unknown): Uint8Array {
  if (typeof chunk === 'string') return Buffer.from(chunk);
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError('A file is a stream of bytes or text.');
}
