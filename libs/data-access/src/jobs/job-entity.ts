import type { Job, JobProgress, JobState } from '@harmonia/contract';
import type { ReceivedBody } from './received-job';

/**
 * A job in a list [C10]: all of it that changes rarely. Progress, version and time of change are not here, so
 * that `entity.progress` does not compile and lists do not rebuild on progress; `selectJobById` joins both parts.
 * `bodyVersion` is the version of the body that is held, 0 while none is.
 */
export type JobEntity = Omit<Job, 'progress' | 'version' | 'updatedAt'>;

/** What changes many times a second, beside the entity [C10]. */
export interface JobPulse {
  readonly version: number;
  readonly progress: JobProgress | null;
  readonly updatedAt: string;
  /** The newest body there is: above the entity's `bodyVersion` when the held body is behind. */
  readonly bodyVersion: number;
}

const NO_BODY: ReceivedBody = { title: null, tags: [], input: null, result: null, bodyVersion: 0 };

/** The rarely changing part of a job. */
export function entityOf(state: JobState, body: ReceivedBody | null): JobEntity {
  const { id, userId, jobType, status, attempt, createdAt } = state;
  return { id, userId, jobType, status, attempt, createdAt, ...(body ?? NO_BODY) };
}

/** Both parts together: the job as the contract has it. */
export function joinJob(entity: JobEntity, { version, progress, updatedAt }: JobPulse): Job {
  return { ...entity, version, progress, updatedAt };
}
