import { randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const BYTES = 48;
const LENGTH = Buffer.alloc(BYTES).toString('base64url').length;

/**
 * The secret of a demo that was given none: made once and kept in the data directory, readable by its owner alone, so that
 * tokens outlive a restart. Processes that share the directory share it, even when all of them start at once.
 */
export async function demoSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'demo-jwt-secret');
  const kept = await readFile(file, 'utf8').catch(ifMissing);
  if (kept?.length === LENGTH) return kept;
  const made = `${file}.${randomUUID()}`;
  await mkdir(dataDir, { recursive: true });
  await writeFile(made, randomBytes(BYTES).toString('base64url'), { mode: 0o600 });
  // whole from the first moment, and never in the place of one that others may have read
  if (kept !== null) await rename(made, file);
  else await link(made, file).catch(ifThere);
  await rm(made, { force: true });
  return readFile(file, 'utf8');
}

function ifMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

function ifThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}
