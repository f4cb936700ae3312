import { Inject, Injectable, Logger } from '@nestjs/common';
import { JOBS_SETTINGS, type JobsSettings } from '../job-engine.settings.js';
import { JOB_STORE } from '../job-engine.tokens.js';
import { EXTERNAL_JOB_TYPE } from '../publishing/external-job-type.js';
import { JobPublisher } from '../publishing/job-publisher.js';
import type { JobChange, JobRecord } from '../store/job-change.js';
import type { JobStore } from '../store/job-store.js';
import { JobRuns } from './job-runs.js';

type Settings = Pick<JobsSettings, 'janitorIntervalMs' | 'heartbeatTimeoutMs' | 'retentionMs' | 'maxAttempts'>;

/**
 * Looks after what nobody else does: says that this process's workers are there, ends or restarts attempts that fell
 * silent [R10], and removes jobs past their retention [R9]. Of several processes each does so: a change that another has
 * made before is void.
 */
@Injectable()
export class JobJanitor {
  private readonly logger = new Logger(JobJanitor.name);
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> | null = null;
  private lastRoundAt = -Infinity;
  private listeningSince = Infinity;
  private epoch: string | null = null;
  private isFailing = false;

  constructor(
    @Inject(JOB_STORE) private readonly store: JobStore,
    @Inject(JOBS_SETTINGS) private readonly settings: Settings,
    private readonly runs: JobRuns,
    private readonly publisher: JobPublisher,
  ) {}

  start(): void {
    const { janitorIntervalMs, heartbeatTimeoutMs } = this.settings;
    // our own workers are heard of at least three times before they would count as lost
    this.timer = setInterval(() => void this.lookAfter(), Math.min(janitorIntervalMs, heartbeatTimeoutMs / 3)).unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }

  /** One round; while one is under way, no other begins. Never rejects: what fails is logged, and tried in the next. */
  lookAfter(): Promise<void> {
    this.round ??= this.goRound()
      .then(() => (this.isFailing = false))
      .catch((error: unknown) => this.log(error))
      .then(() => (this.round = null))
      .then(() => undefined);
    return this.round;
  }

  /** Once an outage. */
  private log(error: unknown): void {
    if (!this.isFailing) this.logger.error('A janitor round failed; the next tries again.', error instanceof Error ? error.stack : error);
    this.isFailing = true;
  }

  private async goRound(): Promise<void> {
    // first: after a handler has blocked the process for long, its own jobs are not to count as lost
    await this.runs.heartbeat();
    const now = Date.now();
    const bounds = { heartbeatBefore: this.heartbeatBefore(now), endedBefore: now - this.settings.retentionMs };
    const { lost, expired } = await this.store.overdue(bounds);
    const losses = (await this.isNewEpoch(now)) ? [] : lost.map((record) => this.lossOf(record, bounds.heartbeatBefore));
    const removals = expired.map(({ job: { id } }) => ({ kind: 'removed', id, endedBefore: bounds.endedBefore }) as const);
    await Promise.all([...losses, ...removals].map((change) => this.publisher.commit(change)));
    this.lastRoundAt = now;
  }

  /** What a store that was rolled back tells of silence is of the past: its workers may say first that they are there [F5]. */
  private async isNewEpoch(now: number): Promise<boolean> {
    const { epoch } = await this.store.read([]);
    const isNew = this.epoch !== null && epoch !== this.epoch;
    this.epoch = epoch;
    if (isNew) this.listeningSince = now;
    return isNew;
  }

  /** Workers may only be blamed for silence while this process was there to hear them: not after a start, sleep or outage. */
  private heartbeatBefore(now: number): number {
    const { heartbeatTimeoutMs } = this.settings;
    if (now - this.lastRoundAt > heartbeatTimeoutMs / 2) this.listeningSince = now;
    return now - this.listeningSince < heartbeatTimeoutMs ? 0 : now - heartbeatTimeoutMs;
  }

  /** Nobody here would start an external job anew: its first loss is final. */
  private lossOf({ job: { id, attempt, jobType } }: JobRecord, heartbeatBefore: number): JobChange {
    const maxAttempts = jobType === EXTERNAL_JOB_TYPE ? 1 : this.settings.maxAttempts;
    return { kind: 'lost', id, attempt, maxAttempts, heartbeatBefore };
  }
}
