import * as v from 'valibot';
import { COMMIT } from './redis-commit-script.js';
import type { RedisConnection } from './redis-connection.js';
import { stepOf, type JobDraft, type RedisDraft } from './redis-draft.js';
import { eventFields } from './redis-events.js';
import { JobWrites } from './redis-job-writes.js';
import { isLost } from './redis-problem.js';
import type { PartitionOptions, RedisPartition } from './redis-partition.js';
import { END, revisionOf } from './redis-rows.js';
import { RedisWrites } from './redis-writes.js';

/** How long Redis remembers that a commit was made, for the node that did not hear the answer, ms. */
const COMMIT_MEMORY = 30_000;
const MOST_REPETITIONS = 3;

/** What the COMMIT script is sent. */
export interface Commit {
  readonly epoch: string;
  readonly jobs: readonly JobDraft[];
  /** Of each job the new one; '' where it stays as it is. */
  readonly revisions: readonly string[];
  readonly keys: readonly string[];
  readonly args: readonly (string | number)[];
}

/** What comes of a draft: `name` is one that no other commit has. */
export function commitOf(
  draft: RedisDraft,
  now: number,
  name: string,
  { keys, epoch }: RedisPartition,
  { streamChanges }: PartitionOptions,
): Commit {
  const jobs = [...draft.jobs.values()];
  const areOrdered = areStepsInOrder(draft, jobs);
  const writes = new RedisWrites([keys.meta, keys.revisions, keys.events, keys.commit(name), keys.active('all')]);
  const jobWrites = new JobWrites(keys, writes, now, areOrdered);
  const values = jobs.map((job, index) => jobWrites.of(job, index + 1));
  const revisions = values.map((value, index) => value && revisionOf(value, jobs[index]?.kept.revision ?? '', name));
  const counts = [jobs.length, draft.events.length, areOrdered ? 1 : 0];
  const args = [streamChanges, COMMIT_MEMORY, name + END, keys.job, keys.history, ...counts];
  for (const { id } of jobs) args.push(id);
  for (const { kept } of jobs) args.push(kept.revision);
  args.push(...values, ...(areOrdered ? [] : eventFields(draft)), ...writes.flat());
  return { epoch, jobs, revisions, keys: writes.keys, args };
}

/** Whether the events are one step of each of these jobs, in the same order. */
const areStepsInOrder = ({ events }: RedisDraft, jobs: readonly JobDraft[]): boolean =>
  events.length === jobs.length && jobs.every((job, index) => job.changedAt === index + 1 && stepOf(job) !== undefined);

/** What Redis answers. A commit whose answer was lost is asked for again, and Redis knows by its name whether it was made. */
export async function sendCommit({ epoch, keys, args }: Commit, connection: () => RedisConnection): Promise<unknown[]> {
  for (let repetition = 0; ; repetition++) {
    try {
      const answer = await connection().run(COMMIT, keys, [epoch, repetition === 0 ? 0 : 1, ...args]);
      return v.parse(v.array(v.unknown()), answer);
    } catch (error) {
      if (repetition >= MOST_REPETITIONS || !isLost(error)) throw error;
    }
  }
}
