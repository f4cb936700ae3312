import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { demoSecret } from './demo-secret.js';

describe('demoSecret', () => {
  let directory: string;
  beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'harmonia-'))));
  afterEach(() => rm(directory, { recursive: true }));

  it('is made once and kept for its owner alone', async () => {
    const dataDir = join(directory, 'data');
    const secret = await demoSecret(dataDir);
    expect(Buffer.byteLength(secret)).toBe(64);
    expect(await demoSecret(dataDir)).toBe(secret);
    expect((await stat(join(dataDir, 'demo-jwt-secret'))).mode & 0o777).toBe(0o600);
  });

  it('is one for all processes that start at once, and nothing else stays', async () => {
    const secrets = await Promise.all(Array.from({ length: 8 }, () => demoSecret(directory)));
    expect(new Set(secrets).size).toBe(1);
    expect(await readdir(directory)).toEqual(['demo-jwt-secret']);
  });

  it('differs from directory to directory', async () => {
    expect(await demoSecret(join(directory, 'a'))).not.toBe(await demoSecret(join(directory, 'b')));
  });

  it('is made anew when a crash left half of it', async () => {
    const file = join(directory, 'demo-jwt-secret');
    await writeFile(file, 'half');
    const secret = await demoSecret(directory);
    expect(secret).toHaveLength(64);
    expect(await readFile(file, 'utf8')).toBe(secret);
  });

  it('does not hide that the directory cannot be used', async () => {
    const file = join(directory, 'a-file');
    await writeFile(file, '');
    await expect(demoSecret(file)).rejects.toMatchObject({ code: 'ENOTDIR' });
  });
});
