import { MAX_SYNC_JOBS, type JobRemoval, type JobsSync, type JobsSyncAnswer } from '@harmonia/contract';
import { rowOf } from './bucket-table';
import type { JobNews, SyncOutcome } from './job-frame';
import type { JobWatches } from './job-watches';
import type { JobRecords } from './jobs.reducer';
import { receivedJob } from './received-job';

/** What is declared to the server: every watch, and what is held already [S5]. */
export function declarationOf(records: JobRecords, { jobIds, userList }: Pick<JobWatches, 'jobIds' | 'userList'>): JobsSync {
  const watched = jobIds.slice(-MAX_SYNC_JOBS).map((id) => [id, heldVersion(records, id)] as const);
  const list = userList ? { user: records.userList?.cursor ?? null } : {};
  return { epoch: records.epoch, jobs: Object.fromEntries(watched), ...list };
}

/** What an answer says, by the declaration that it answers, the records as they were then and as they are now. */
export function saidBy(answer: JobsSyncAnswer, declared: JobsSync, before: JobRecords, now: JobRecords): readonly [JobNews, SyncOutcome] {
  const { epoch, user } = answer;
  const jobs = [...answer.jobs, ...(user?.jobs ?? [])].map(receivedJob);
  // What was declared is a version of the epoch before, where another is answered: in this one it forbids nothing.
  const named = epoch === declared.epoch ? answer.removed : answer.removed.map(({ id }) => ({ id, version: 0 }));
  const removed = [...named, ...(user?.removed ?? [])].map((removal) => (epoch === now.epoch ? atLeastKnown(removal, now) : removal));
  const outcome = {
    keep: user?.reset ? Object.keys(declared.jobs) : null,
    introduced: introducedBy(answer, declared, before),
    userList: user ? { cursor: user.cursor, complete: !user.more } : null,
  };
  return [{ epoch, jobs, removed }, outcome];
}

/** The version up to which all of a job is held: that of the body, when that is behind the state. */
function heldVersion({ entities, pulses }: JobRecords, id: string): number {
  const body = entities[id]?.bodyVersion ?? 0;
  const pulse = rowOf(pulses, id);
  return pulse && pulse.bodyVersion <= body ? pulse.version : body;
}

/** A removal is told at the version that was declared, which may be below the one that is known by now [S5, C2]. */
function atLeastKnown({ id, version }: JobRemoval, { pulses }: JobRecords): JobRemoval {
  return { id, version: Math.max(version, rowOf(pulses, id)?.version ?? 0) };
}

/** What a first snapshot tells: of a job not known before, or of a list not complete before [C4]. */
function introducedBy(answer: JobsSyncAnswer, { jobs }: JobsSync, { userList }: JobRecords): readonly string[] {
  const named = answer.jobs.filter(({ id }) => jobs[id] === 0);
  const listed = userList?.complete ? [] : (answer.user?.jobs ?? []);
  return [...named, ...listed].map(({ id }) => id);
}
