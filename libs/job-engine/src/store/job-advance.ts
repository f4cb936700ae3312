import { isTerminal, type Job } from '@harmonia/contract';
import type { JobRecord } from './job-change.js';

/** What a change may make otherwise of a job, besides its version. */
export type JobAdvance = Partial<Pick<Job, 'status' | 'attempt' | 'progress' | 'result' | 'title' | 'tags' | 'userId'>>;

/** [R1, R9] The record in its next version; `bodyVersion` follows when the body has changed. */
export function advance(record: JobRecord, changes: JobAdvance, now: number): JobRecord {
  const version = record.job.version + 1;
  const changed: Job = { ...record.job, ...changes, version, updatedAt: new Date(now).toISOString() };
  const job = sameBody(changed, record.job) ? changed : { ...changed, bodyVersion: version };
  const endedAt = isTerminal(job.status) ? (record.endedAt ?? now) : null;
  return { ...record, job, endedAt };
}

/** No change touches the input, and what leaves a result as it is hands on the very same value. */
function sameBody(a: Job, b: Job): boolean {
  return a.result === b.result && a.title === b.title && sameTags(a.tags, b.tags);
}

/** In the same order. */
export function sameTags(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((tag, index) => tag === b[index]);
}
