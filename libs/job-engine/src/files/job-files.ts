import { Inject, Injectable, Logger } from '@nestjs/common';
import { JOBS_SETTINGS, type JobsSettings } from '../job-engine.settings.js';
import { FILE_STORE, JOB_STORE } from '../job-engine.tokens.js';
import type { JobEventBatch } from '../store/job-event.js';
import type { JobStore } from '../store/job-store.js';
import { StoreFollower } from '../store/store-follower.js';
import { resultPrefix, uploadKey } from './file-key.js';
import type { FileStore } from './file-store.js';
import { sweepOrphans } from './orphan-sweep.js';

/** How often the directory is swept when several processes share it, ms; what is younger may be on its way to its job. */
const SWEEP_MS = 60 * 60_000;

/**
 * Keeps files and jobs together: no file outlives its job.
 *
 * @example await jobFiles.removalOf(id); // before a file is put where one of a removed job of this id was
 */
@Injectable()
export class JobFiles {
  private readonly logger = new Logger(JobFiles.name);
  private readonly removals = new Map<string, Promise<void>>();
  private readonly follower: StoreFollower;
  private timer: NodeJS.Timeout | undefined;
  private sweeping: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    @Inject(FILE_STORE) private readonly files: FileStore,
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(JOBS_SETTINGS) private readonly settings: Pick<JobsSettings, 'heartbeatTimeoutMs'>,
  ) {
    this.follower = new StoreFollower('The keeper of files', store, { hear: (batch) => this.hear(batch), readAnew: () => this.readAnew() });
  }

  /** Sweeps what an earlier process left behind, and from now on removes the files of removed jobs. Never rejects. */
  start(): Promise<void> {
    return this.follower.start();
  }

  /**
   * When the files of a removed job with this id are gone. Whoever creates it anew with an upload waits for that before the
   * file gets its place, or the removal would take the new file for the old one.
   */
  removalOf(id: string): Promise<void> {
    return this.removals.get(id) ?? Promise.resolve();
  }

  /** Follows no more, and waits for the removals that are under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.follower.stop();
    await Promise.all([this.sweeping, ...this.removals.values()]);
  }

  private hear({ events }: JobEventBatch): void {
    for (const event of events) {
      if (event.kind !== 'removed') continue;
      const removal = this.removalOf(event.id).then(() => this.remove(event.id));
      this.removals.set(event.id, removal);
      void removal.finally(() => this.removals.get(event.id) === removal && this.removals.delete(event.id));
    }
  }

  /**
   * A process alone sweeps at its start, when nothing is on its way. Of several each does now and then, and after something
   * was missed; not at once, since jobs that a store has forgotten with its epoch are told to it anew [F5].
   */
  private async readAnew(): Promise<void> {
    if (this.store.isShared) this.sweepIn(this.settings.heartbeatTimeoutMs);
    else await sweepOrphans(this.files, this.store);
  }

  private sweepIn(ms: number): void {
    if (this.isStopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void (this.sweeping = this.sweep()), ms).unref();
  }

  private async sweep(): Promise<void> {
    this.timer = undefined;
    try {
      await sweepOrphans(this.files, this.store, SWEEP_MS);
    } catch (error) {
      this.logger.warn(`Files without a job could not be swept; the next sweep tries again. ${String(error)}`);
    }
    if (!this.timer) this.sweepIn(SWEEP_MS);
  }

  /** Not when the job was created anew meanwhile. What fails is logged, and swept later. */
  private async remove(id: string): Promise<void> {
    try {
      const { records } = await this.store.read([id]);
      if (records.has(id)) return;
      await Promise.all([this.files.remove(uploadKey(id)), this.files.remove(resultPrefix(id))]);
    } catch (error) {
      this.logger.error(`The files of job ${id} could not be removed.`, error instanceof Error ? error.stack : error);
    }
  }
}
