import { parseOrRefuse, RefusalError } from '@harmonia/contract';
import { JobFailedError, type RunningJob } from '@harmonia/job-engine';
import type * as v from 'valibot';

/**
 * The input of a job as its handler needs it.
 *
 * @throws JobFailedError `input-invalid`, with a sentence that names the fields at fault
 * @example const { steps } = inputOf(job, v.object({ steps: v.number() }));
 */
export function inputOf<Schema extends v.GenericSchema>(job: RunningJob, schema: Schema): v.InferOutput<Schema> {
  try {
    return parseOrRefuse(schema, job.input ?? {});
  } catch (error) {
    throw error instanceof RefusalError ? new JobFailedError('input-invalid', error.message) : error;
  }
}
