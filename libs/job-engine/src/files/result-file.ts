import type { Job, JobFileResult } from '@harmonia/contract';
import * as v from 'valibot';
import { isFileKey, resultPrefix } from './file-key.js';

const JobFileResultSchema = v.object({
  outputPath: v.pipe(v.string(), v.check(isFileKey)),
  fileName: v.string(),
  mediaType: v.string(),
  bytes: v.number(),
});

/**
 * The file that a completed job has as result; null when it has none. A result that names a file of another job or
 * attempt, as a worker elsewhere could report it, is none.
 *
 * @example const file = resultFile(job); const stored = file && (await files.open(file.outputPath));
 */
export function resultFile(job: Pick<Job, 'id' | 'attempt' | 'status' | 'result'>): JobFileResult | null {
  if (job.status !== 'completed' || !v.is(JobFileResultSchema, job.result)) return null;
  return job.result.outputPath.startsWith(`${resultPrefix(job.id, job.attempt)}/`) ? job.result : null;
}
