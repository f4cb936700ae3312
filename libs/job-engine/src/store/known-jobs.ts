import type { Known } from './job-decision.js';
import type { JobReading } from './job-store.js';

/** What a store knows under the ids that were asked for, as a reading tells it. */
export function knownJobs(found: Iterable<readonly [id: string, known: Known]>): Pick<JobReading, 'records' | 'removed'> {
  const records = new Map<string, NonNullable<Known['record']>>();
  const removed = new Map<string, number>();
  for (const [id, { record, tombstone }] of found) {
    if (record) records.set(id, record);
    else if (tombstone) removed.set(id, tombstone.version);
  }
  return { records, removed };
}
