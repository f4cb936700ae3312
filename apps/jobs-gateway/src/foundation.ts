import { DiskFileStore, type FileStore, type JobStore } from '@harmonia/job-engine';
import { join } from 'node:path';
import type { Config } from './config.js';
import { openJobStore } from './job-store.js';

/** What a process stands on, ready before the application exists. */
export interface Foundation {
  readonly config: Config;
  readonly store: JobStore;
  readonly files: FileStore;
}

/** @throws StartError when the data directory cannot be used */
export async function foundationOf(config: Config): Promise<Foundation> {
  return { config, store: await openJobStore(config), files: new DiskFileStore(join(config.dataDir, 'files')) };
}
