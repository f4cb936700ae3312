import { JobIdSchema, type Job } from '@harmonia/contract';
import * as v from 'valibot';

/** All that lies in BullMQ of a job: which attempt of which it is. Everything else is read from the job store. */
export const AttemptSchema = v.object({ id: JobIdSchema, attempt: v.pipe(v.number(), v.safeInteger(), v.minValue(1)) });

/** See {@link AttemptSchema}. */
export type Attempt = v.InferOutput<typeof AttemptSchema>;

/** What is known of a job when it is queued. */
export type QueuedJob = Pick<Job, 'id' | 'attempt' | 'jobType' | 'createdAt'>;

/**
 * The id of an attempt in BullMQ, the same whoever adds it, so that many make one. A job that was removed and created anew
 * with the same id is another one, though it has the same attempts. BullMQ itself takes no ":".
 */
export function attemptKey({ id, attempt, createdAt }: QueuedJob): string {
  return `${id}@${attempt}@${Date.parse(createdAt).toString(36)}`;
}
