import * as v from 'valibot';
import type { OverdueBounds, OverdueJobs } from './job-store.js';
import type { RedisPartition } from './redis-partition.js';
import { OVERDUE } from './redis-read-scripts.js';
import { recordRow } from './redis-rows.js';

/** How many overdue jobs of a kind are found at once; the rest is found the next time. */
const MOST_OVERDUE = 1000;

/** See `JobStore.overdue`; it is also when removals of long ago are forgotten. */
export async function overdueJobs(partitions: readonly RedisPartition[], bounds: OverdueBounds): Promise<OverdueJobs> {
  const { heartbeatBefore, endedBefore } = bounds;
  const found = await Promise.all(
    partitions.map(async (partition) => {
      await partition.forget();
      const { heartbeats, ended, revisions, job } = partition.keys;
      const named = [heartbeats, ended, revisions];
      return v.parse(OverdueSchema, await partition.run(OVERDUE, named, [heartbeatBefore, endedBefore, MOST_OVERDUE, job]));
    }),
  );
  // heartbeats are in order of whole steps: the last may be of those who were heard of since
  const lost = found.flatMap(([rows]) => rows.map(recordRow)).filter((record) => record.heartbeatAt < heartbeatBefore);
  return { lost, expired: found.flatMap(([, rows]) => rows.map(recordRow)) };
}

const OverdueSchema = v.tuple([v.array(v.unknown()), v.array(v.unknown())]);
