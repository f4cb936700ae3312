import { open, stat } from 'node:fs/promises';
import * as v from 'valibot';

const SystemErrorSchema = v.object({ code: v.string() });

function isOneOf(error: unknown, codes: readonly string[]): boolean {
  return v.is(SystemErrorSchema, error) && codes.includes(error.code);
}

/** Null where there is no such file or directory. */
export async function noEntry<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (isOneOf(error, ['ENOENT', 'ENOTDIR'])) return null;
    throw error;
  }
}

/** Whether nothing was written to a file for so long, ms; of one that is gone, no. */
export async function isOlder(path: string, ms: number): Promise<boolean> {
  if (ms === 0) return true;
  const stats = await noEntry(stat(path));
  return stats !== null && stats.mtimeMs <= Date.now() - ms;
}

/** Makes renames in a directory survive a loss of power. Windows opens no directory, and needs no such call. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path);
    await directory.sync().finally(() => directory.close());
  } catch (error) {
    if (!isOneOf(error, ['EISDIR', 'EPERM', 'EACCES'])) throw error;
  }
}
