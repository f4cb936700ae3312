import type { FramedJob, Job, JobBody, JobState } from '@harmonia/contract';

/** A body, and the version at which it became so [R1]. */
export interface ReceivedBody extends JobBody {
  readonly bodyVersion: number;
}

/**
 * A job as it arrives: its light state, and its body when that travelled along [E1]. The two age by themselves: the state
 * by `version`, the body by `bodyVersion`; so the newest of each may come from different messages.
 */
export interface ReceivedJob {
  readonly state: JobState;
  readonly body: ReceivedBody | null;
}

/** Takes a whole job apart. */
export function receivedJob(job: Job): ReceivedJob {
  const { title, tags, input, result, ...state } = job;
  return { state, body: { title, tags, input, result, bodyVersion: state.bodyVersion } };
}

/** What a frame says of a job, completed by what is known of it and changes by single events only [E4]. */
export function completedBy(
  { userId, jobType, createdAt }: Pick<JobState, 'userId' | 'jobType' | 'createdAt'>,
  job: FramedJob,
): ReceivedJob {
  return { state: { ...job, userId, jobType, createdAt }, body: null };
}

/** The newest of both [C1]. Whichever comes first and however often it is repeated, the outcome is the same. */
export function newestOf(one: ReceivedJob, other: ReceivedJob): ReceivedJob {
  const state = other.state.version > one.state.version ? other.state : one.state;
  const body = (other.body?.bodyVersion ?? 0) > (one.body?.bodyVersion ?? 0) ? other.body : one.body;
  return { state, body };
}
