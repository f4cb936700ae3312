import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const BYTES = 48;

/**
 * The secret of a demo that was given none: made once and kept in the data directory, readable by its owner alone, so that
 * tokens outlive a restart.
 */
export async function demoSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'demo-jwt-secret');
  const kept = await readFile(file, 'utf8').catch(ifMissing);
  if (kept?.length === Buffer.alloc(BYTES).toString('base64url').length) return kept;
  const secret = randomBytes(BYTES).toString('base64url');
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, secret, { mode: 0o600 });
  return secret;
}

function ifMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
