import { RefusalError, type JobHistoryEntry } from '@harmonia/contract';
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { RedisAuditLog } from '../audit/redis-audit-log.js';
import { RedisSessionEnds } from '../sessions/redis-session-ends.js';
import type { ChangeOutcome, JobChange } from './job-change.js';
import type { JobEventBatch } from './job-event.js';
import type {
  JobChangesSince,
  JobFilter,
  JobListing,
  JobReading,
  JobScope,
  JobStore,
  OverdueBounds,
  OverdueJobs,
  Unfollow,
} from './job-store.js';
import { knownJobs } from './known-jobs.js';
import { changesSince } from './redis-changes.js';
import { RedisConnections } from './redis-connections.js';
import { jobIdOf } from './redis-draft.js';
import { RedisFollowing } from './redis-following.js';
import { listJobs } from './redis-job-list.js';
import { settingsOf, type RedisJobStoreOptions, type RedisJobStoreSettings } from './redis-job-store.options.js';
import { PROGRESS_CHANGES } from './redis-job-writes.js';
import { partitionOf } from './redis-keys.js';
import { overdueJobs } from './redis-overdue.js';
import { RedisPartition } from './redis-partition.js';
import { formatPositions } from './redis-position.js';
import { RedisProblem } from './redis-problem.js';
import { HISTORY } from './redis-read-scripts.js';
import { historyRow } from './redis-rows.js';
import { stepHistory } from './redis-steps.js';
import { RedisTail } from './redis-tail.js';

export type { RedisJobStoreOptions } from './redis-job-store.options.js';

/**
 * Keeps jobs in Redis, for any number of processes [F4]. It opens at once and connects by itself, now and after every
 * outage; until then everything is refused with `unavailable`, whose cause is a {@link RedisProblem}. Needs Redis 6.2.
 *
 * @example
 * const store = RedisJobStore.open({ url: 'redis://127.0.0.1:6379' });
 * await store.apply([{ kind: 'created', job: { id: 'a', userId: 'ann', jobType: 'simulate', title: null, tags: [], input: null } }]);
 * await store.close();
 */
export class RedisJobStore implements JobStore {
  readonly isShared = true;
  /** In the first partition, whatever job it is of. */
  readonly audit: RedisAuditLog;
  /** In the first partition. */
  readonly sessionEnds: RedisSessionEnds;
  readonly #partitions: readonly RedisPartition[];
  readonly #connections: RedisConnections;
  readonly #following: RedisFollowing;
  #isClosed = false;

  private constructor(settings: RedisJobStoreSettings) {
    const { prefix, now, streamChanges } = settings;
    const shared = { prefix, now, streamChanges, epoch: () => this.#epoch };
    this.#partitions = Array.from(
      { length: settings.partitions },
      (_, index) => new RedisPartition({ ...shared, connection: () => this.#connections.of(index) }, index),
    );
    this.#connections = new RedisConnections(settings, this.#partitions);
    this.audit = new RedisAuditLog(this.#firstPartition, (work) => this.#answer(work), now, settings.audit);
    this.sessionEnds = new RedisSessionEnds(this.#firstPartition, (work) => this.#answer(work), now);
    this.#following = new RedisFollowing(
      this.#partitions,
      () => this.#epoch,
      (partition, index, deliver) => new RedisTail(index, partition, this.#connections.tailOf(partition), deliver),
    );
  }

  /** Opens the store; Redis need not be there yet. */
  static open(options: RedisJobStoreOptions): RedisJobStore {
    return new RedisJobStore(settingsOf(options));
  }

  apply(changes: readonly JobChange[]): Promise<readonly ChangeOutcome[]> {
    return this.#answer(async () => {
      const parts = this.#partitions.map((partition) => ({ partition, indexes: new Array<number>() }));
      changes.forEach((change, index) => this.#partsOf(change).forEach((part) => parts[part]?.indexes.push(index)));
      const outcomes = new Array<ChangeOutcome>(changes.length);
      await Promise.all(
        parts.map(async ({ partition, indexes }) => {
          if (indexes.length === 0) return;
          const answers = await partition.apply(indexes.flatMap((index) => changes[index] ?? []));
          answers.forEach((outcome, at) => (outcomes[indexes[at] ?? 0] = outcome));
        }),
      );
      return outcomes;
    });
  }

  read(ids: readonly string[]): Promise<JobReading> {
    return this.#answer(async () => {
      const named = this.#partitions.map((_, part) => ids.filter((id) => this.#partOf(id) === part));
      const readings = await Promise.all(this.#partitions.map((partition, part) => partition.read(named[part] ?? [])));
      const positions = readings.map(({ position }) => ({ position }));
      const found = readings.flatMap(({ kept }) => [...kept]);
      return { epoch: this.#epoch, position: formatPositions(this.#epoch, positions), ...knownJobs(found) };
    });
  }

  list(filter: JobFilter): Promise<JobListing> {
    return this.#answer(async () => {
      const listing = await listJobs(this.#partitions, filter);
      return { ...listing, epoch: this.#epoch };
    });
  }

  history(id: string): Promise<readonly JobHistoryEntry[]> {
    return this.#answer(async () => {
      const partition = this.#partitions[this.#partOf(id)];
      const named = partition ? [partition.keys.statuses(id), partition.keys.progress(id)] : [];
      const answer = await partition?.run(HISTORY, named, [PROGRESS_CHANGES]);
      const [statuses, steps] = v.parse(HistorySchema, answer);
      return [...statuses.map(historyRow), ...steps.map(stepHistory)].sort((a, b) => a.version - b.version);
    });
  }

  since(position: string | null, scope: JobScope, limit: number): Promise<JobChangesSince> {
    return this.#answer(() => changesSince(this.#partitions, () => this.#epoch, position, scope, limit));
  }

  follow(position: string | null, listener: (batch: JobEventBatch) => void): Promise<Unfollow> {
    return this.#answer(() => this.#following.follow(position, listener));
  }

  overdue(bounds: OverdueBounds): Promise<OverdueJobs> {
    return this.#answer(() => overdueJobs(this.#partitions, bounds));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all(this.#partitions.map((partition) => partition.idle()));
    this.#connections.close();
  }

  /** [R7] Of all partitions together: another one of any is another one of the store. */
  get #epoch(): string {
    const epochs = this.#partitions.map(({ epoch }) => epoch);
    return epochs.length === 1 ? (epochs[0] ?? '') : createHash('sha256').update(epochs.join()).digest('hex').slice(0, 32);
  }

  get #firstPartition(): RedisPartition {
    const [first] = this.#partitions;
    if (!first) throw new Error('A store has at least one partition.');
    return first;
  }

  #partOf(id: string): number {
    return partitionOf(id, this.#partitions.length);
  }

  /** What concerns all jobs of a user goes into every stream: no event of theirs may overtake it anywhere [S7]. */
  #partsOf(change: JobChange): number[] {
    const id = change.kind === 'revoked' ? change.jobId : jobIdOf(change);
    return id === undefined ? [...this.#partitions.keys()] : [this.#partOf(id)];
  }

  /** Whatever goes wrong rejects; what Redis says becomes `unavailable`, with the cause for the log. */
  async #answer<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    if (this.#isClosed) throw new RefusalError('unavailable', 'The job store is closed.');
    try {
      // of all: what is said of one part bears the epoch of the whole
      await this.#connections.ready();
      return await work();
    } catch (error) {
      throw error instanceof RedisProblem ? Object.assign(new RefusalError('unavailable'), { cause: error }) : error;
    }
  }
}

const HistorySchema = v.tuple([v.array(v.unknown()), v.array(v.unknown())]);
