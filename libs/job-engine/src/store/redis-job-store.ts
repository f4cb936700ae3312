import { RefusalError, type JobHistoryEntry } from '@harmonia/contract';
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { AuditRetention } from '../audit/audit-log.js';
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
import { changesSince } from './redis-changes.js';
import { RedisConnection, type RunScript } from './redis-connection.js';
import { jobIdOf } from './redis-draft.js';
import { RedisFollowing } from './redis-following.js';
import { listJobs } from './redis-job-list.js';
import { partitionOf } from './redis-keys.js';
import { RedisPartition } from './redis-partition.js';
import { formatPositions, parsePositions } from './redis-position.js';
import { RedisProblem } from './redis-problem.js';
import { historyRow, recordRow } from './redis-rows.js';
import { HISTORY, OVERDUE } from './redis-scripts.js';
import { stepHistory } from './redis-steps.js';
import { BLOCK, RedisTail } from './redis-tail.js';
import { RedisTroubles } from './redis-troubles.js';
import { PROGRESS_CHANGES } from './redis-job-writes.js';

/** How many overdue jobs of a kind are found at once; the rest is found the next time. */
const MOST_OVERDUE = 1000;

/** How a {@link RedisJobStore} is opened. */
export interface RedisJobStoreOptions {
  /**
   * `redis://[user:password@]host[:port][/database]`, or `rediss://…` for TLS. Several are nodes of a Redis Cluster, which leads
   * to its others; each partition then has a connection of its own to the node that holds it.
   */
  readonly url: string | readonly string[];
  /** Before every key, so that applications can share a Redis. Default: `harmonia`. */
  readonly prefix?: string;
  /** Over how many slots the jobs are spread [F4]; every node must say the same, for as long as there are jobs. Default: 1. */
  readonly partitions?: number;
  /** How many changes a follower may lag behind before it has to read anew. Default: 50,000. */
  readonly streamChanges?: number;
  /** Without an answer for so long Redis counts as unreachable, ms. Default: 3000. */
  readonly timeoutMs?: number;
  /** How long a call waits for a connection that was just lost to come back, ms. Default: 1000. */
  readonly patienceMs?: number;
  /** For how long who did what is remembered [A2]. Default: 90 days, 100,000 entries. */
  readonly audit?: AuditRetention;
  /** The clock, ms since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Told once of each trouble, and with null when it is over. Default: a warning of the process. */
  readonly onTrouble?: (problem: RedisProblem | null) => void;
}

type Settings = Required<RedisJobStoreOptions>;

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
  readonly #settings: Settings;
  readonly #partitions: readonly RedisPartition[];
  /** One that all partitions share; in a cluster one for each. */
  readonly #connections: readonly RedisConnection[];
  readonly #tails: RedisConnection[] = [];
  readonly #following: RedisFollowing;
  #isClosed = false;

  private constructor(settings: Settings) {
    this.#settings = settings;
    const { prefix, now, streamChanges } = settings;
    const shared = { prefix, now, streamChanges, epoch: () => this.#epoch };
    this.#partitions = Array.from(
      { length: settings.partitions },
      (_, index) => new RedisPartition({ ...shared, connection: () => this.#connectionOf(index) }, index),
    );
    const troubles = new RedisTroubles(settings.onTrouble);
    const led = this.#urls.length > 1 ? this.#partitions.map((partition) => [partition]) : [this.#partitions];
    this.#connections = led.map((partitions, index) =>
      this.#connect('harmonia', settings.timeoutMs, partitions, (problem) => troubles.hear(index, problem)),
    );
    this.audit = new RedisAuditLog(this.#firstPartition, (work) => this.#answer(work), now, settings.audit);
    this.sessionEnds = new RedisSessionEnds(this.#firstPartition, (work) => this.#answer(work), now);
    this.#following = new RedisFollowing(
      this.#partitions,
      () => this.#epoch,
      (partition, index, deliver) => new RedisTail(index, partition, this.#tailOf(partition), deliver),
    );
  }

  /** Opens the store; Redis need not be there yet. */
  static open(options: RedisJobStoreOptions): RedisJobStore {
    const defaults = { prefix: 'harmonia', partitions: 1, streamChanges: 50_000, timeoutMs: 3000, patienceMs: 1000, audit: {} };
    return new RedisJobStore({ ...defaults, now: Date.now, onTrouble: warnOf, ...options });
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
      const records = readings.flatMap(({ kept }) => [...kept].flatMap(([id, { record }]) => (record ? [[id, record] as const] : [])));
      const positions = readings.map(({ position }) => ({ position }));
      return { epoch: this.#epoch, position: formatPositions(this.#epoch, positions), records: new Map(records) };
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
    return this.#answer(() => this.#since(position, scope, limit));
  }
  follow(position: string | null, listener: (batch: JobEventBatch) => void): Promise<Unfollow> {
    return this.#answer(() => this.#following.follow(position, listener));
  }

  overdue(bounds: OverdueBounds): Promise<OverdueJobs> {
    return this.#answer(async () => {
      const { heartbeatBefore, endedBefore } = bounds;
      const found = await Promise.all(
        this.#partitions.map(async (partition) => {
          await partition.forget();
          const { heartbeats, ended, revisions, job } = partition.keys;
          return v.parse(
            OverdueSchema,
            await partition.run(OVERDUE, [heartbeats, ended, revisions], [heartbeatBefore, endedBefore, MOST_OVERDUE, job]),
          );
        }),
      );
      const lost = found.flatMap(([rows]) => rows.map(recordRow)).filter((record) => record.heartbeatAt < heartbeatBefore);
      return { lost, expired: found.flatMap(([, rows]) => rows.map(recordRow)) };
    });
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await Promise.all(this.#partitions.map((partition) => partition.idle()));
    for (const connection of [...this.#connections, ...this.#tails]) connection.close();
  }

  /** [R7] Of all partitions together: another one of any is another one of the store. */
  get #epoch(): string {
    const epochs = this.#partitions.map(({ epoch }) => epoch);
    return epochs.length === 1 ? (epochs[0] ?? '') : createHash('sha256').update(epochs.join()).digest('hex').slice(0, 32);
  }

  async #since(position: string | null, scope: JobScope, limit: number): Promise<JobChangesSince> {
    const from = position === null ? null : parsePositions(this.#epoch, position, this.#partitions.length);
    const parts = [];
    let left = limit;
    for (const [part, partition] of this.#partitions.entries()) {
      const changes = await changesSince(partition, from?.[part] ?? null, scope, left);
      // one part that begins anew makes a new beginning of all
      if (changes.reset && from) return this.#since(null, scope, limit);
      left -= changes.jobs.length + changes.removed.length;
      parts.push(changes);
    }
    return {
      epoch: this.#epoch,
      position: formatPositions(
        this.#epoch,
        parts.map(({ next }) => next),
      ),
      reset: from === null,
      more: parts.some(({ more }) => more),
      jobs: parts.flatMap(({ jobs }) => jobs),
      removed: parts.flatMap(({ removed }) => removed),
    };
  }

  get #urls(): readonly string[] {
    const { url } = this.#settings;
    return typeof url === 'string' ? [url] : url;
  }

  get #firstPartition(): RedisPartition {
    const [first] = this.#partitions;
    if (!first) throw new Error('A store has at least one partition.');
    return first;
  }

  #connectionOf(partition: number): RedisConnection {
    const connection = this.#connections[partition] ?? this.#connections[0];
    if (!connection) throw new RedisProblem('redis-away');
    return connection;
  }

  #partOf(id: string): number {
    return partitionOf(id, this.#partitions.length);
  }

  /** What concerns all jobs of a user goes into every stream: no event of theirs may overtake it anywhere [S7]. */
  #partsOf(change: JobChange): number[] {
    const id = change.kind === 'revoked' ? change.jobId : jobIdOf(change);
    return id === undefined ? [...this.#partitions.keys()] : [this.#partOf(id)];
  }

  #tailOf(partition: RedisPartition): RedisConnection {
    const connection = this.#connect('harmonia-tail', this.#settings.timeoutMs + BLOCK, [partition], () => undefined);
    this.#tails.push(connection);
    return connection;
  }

  #connect(name: string, timeoutMs: number, partitions: readonly RedisPartition[], onTrouble: Settings['onTrouble']): RedisConnection {
    const { patienceMs } = this.#settings;
    const greet = async (run: RunScript, runId: string) => {
      await Promise.all(partitions.map((partition) => partition.adopt(run, runId)));
    };
    return new RedisConnection({ urls: this.#urls, name, timeoutMs, patienceMs, greet, onTrouble });
  }

  /** Whatever goes wrong rejects; what Redis says becomes `unavailable`, with the cause for the log. */
  async #answer<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    if (this.#isClosed) throw new RefusalError('unavailable', 'The job store is closed.');
    try {
      // of all: what is said of one part bears the epoch of the whole
      await Promise.all(this.#connections.map((connection) => connection.ready()));
      return await work();
    } catch (error) {
      throw error instanceof RedisProblem ? Object.assign(new RefusalError('unavailable'), { cause: error }) : error;
    }
  }
}

const HistorySchema = v.tuple([v.array(v.unknown()), v.array(v.unknown())]);
const OverdueSchema = v.tuple([v.array(v.unknown()), v.array(v.unknown())]);

/** Node's warnings are seen without a logger. */
function warnOf(problem: RedisProblem | null): void {
  const code = problem?.code ?? 'redis-back';
  process.emitWarning(problem?.message ?? 'Redis can be used again.', { type: 'HarmoniaRedis', code });
}
