import type { Job, JobListSnapshot, JobsSyncAnswer } from '@harmonia/contract';

/** Lists from this length on are sent as bytes; a shorter one is as quickly written anew. */
const LONG = 20;

const bytes = new WeakMap<readonly Job[], Buffer>();

/**
 * A list as a protocol client gets it: when it is long, as the bytes of its JSON, which are made once for all who get the
 * very same list. Socket.IO sends them as an attachment of the acknowledgement, without looking at them again.
 */
export function encodedJobs(jobs: readonly Job[]): readonly Job[] | Buffer {
  if (jobs.length < LONG) return jobs;
  const known = bytes.get(jobs) ?? Buffer.from(JSON.stringify(jobs));
  bytes.set(jobs, known);
  return known;
}

/** See {@link encodedJobs}. */
export function encodedSnapshot(snapshot: JobListSnapshot) {
  return { ...snapshot, jobs: encodedJobs(snapshot.jobs) };
}

/** See {@link encodedJobs}. */
export function encodedSync({ user, all, ...rest }: JobsSyncAnswer) {
  return {
    ...rest,
    ...(user && { user: { ...user, jobs: encodedJobs(user.jobs) } }),
    ...(all && { all: { ...all, jobs: encodedJobs(all.jobs) } }),
  };
}
