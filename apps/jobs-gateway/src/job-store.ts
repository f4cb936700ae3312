import { DataDirectoryError, RedisJobStore, SqliteJobStore, type JobStore, type RedisProblem } from '@harmonia/job-engine';
import { Logger } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { StartError, type Config } from './config.js';
import type { RedisConfig } from './redis-variables.js';

/**
 * Where the jobs are kept: in Redis, for any number of processes, or else in the data directory, for this one. Redis need
 * not be there yet.
 *
 * @throws StartError when the data directory cannot be used
 */
export async function openJobStore({ dataDir, redis }: Pick<Config, 'dataDir' | 'redis'>): Promise<JobStore> {
  if (!redis) return openSqlite(dataDir);
  await requireDirectory(dataDir);
  return RedisJobStore.open({ ...redis, onTrouble: teller(redis) });
}

function openSqlite(directory: string): SqliteJobStore {
  try {
    return SqliteJobStore.open({ directory });
  } catch (error) {
    throw error instanceof DataDirectoryError ? new StartError([`${error.code}: ${error.message} The variable is DATA_DIR.`]) : error;
  }
}

/** Files lie there, whoever keeps the jobs. */
async function requireDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory, { recursive: true });
    await tryToWrite(directory);
  } catch {
    throw new StartError([
      `data-dir-not-writable: ${directory} cannot be written to. Give this user the right to, or name another directory. The variable is DATA_DIR.`,
    ]);
  }
}

/** Rejects when files cannot be written there. Processes that share a directory do not meet. */
export async function tryToWrite(directory: string): Promise<void> {
  const probe = join(directory, `.ready-${randomUUID()}`);
  await writeFile(probe, 'ready');
  await rm(probe, { force: true });
}

/** Logs each trouble with Redis once, and its end. */
function teller({ url }: RedisConfig): (problem: RedisProblem | null) => void {
  const logger = new Logger('Redis');
  // a server that does not know a command repeats it in its answer, password and all
  const password = decodeURIComponent(new URL(url).password);
  const detail = ({ cause }: RedisProblem) => {
    const said = cause instanceof Error && cause.message !== '' ? ` (${cause.message})` : '';
    return password === '' ? said : said.replaceAll(password, '***');
  };
  return (problem) => {
    if (problem) logger.error(`${problem.code}: ${problem.message}${detail(problem)}`);
    else logger.log('Redis can be used again.');
  };
}
