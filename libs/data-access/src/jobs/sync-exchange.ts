import { MAX_SYNC_JOBS, type JobsSync, type JobsSyncAnswer } from '@harmonia/contract';
import { rowOf } from './bucket-table';
import type { JobNews, SyncOutcome } from './job-frame';
import { entityIn } from './job-segments';
import type { JobWatches } from './job-watches';
import type { JobRecords } from './jobs.reducer';
import { receivedJob } from './received-job';

/** What is declared to the server: every watch, and what is held already [S5]. */
export function declarationOf(records: JobRecords, { jobIds, userList }: Pick<JobWatches, 'jobIds' | 'userList'>): JobsSync {
  const watched = jobIds.slice(-MAX_SYNC_JOBS).map((id) => [id, heldVersion(records, id)] as const);
  const list = userList ? { user: records.userList?.cursor ?? null } : {};
  return { epoch: records.epoch, jobs: Object.fromEntries(watched), ...list };
}

/** What an answer says, by the declaration that it answers and the records as they were then. */
export function saidBy(answer: JobsSyncAnswer, declared: JobsSync, before: JobRecords): readonly [JobNews, SyncOutcome] {
  const { epoch, user } = answer;
  const jobs = [...answer.jobs, ...(user?.jobs ?? [])].map(receivedJob);
  // What was declared is a version of the epoch before, where another is answered: in this one it forbids nothing.
  const named = epoch === declared.epoch ? answer.removed : answer.removed.map(({ id }) => ({ id, version: 0 }));
  const outcome = {
    named: Object.keys(declared.jobs),
    introduced: introducedBy(answer, declared, before),
    userList: user ? { cursor: user.cursor, complete: !user.more, reset: user.reset } : null,
  };
  return [{ epoch, jobs, removed: [...named, ...(user?.removed ?? [])] }, outcome];
}

/** The version up to which all of a job is held: that of the body, when that is behind the state. */
function heldVersion(records: JobRecords, id: string): number {
  const row = rowOf(records.rows, id);
  const body = entityIn(records, id)?.bodyVersion ?? 0;
  return row && row.bodyVersion <= body ? row.version : body;
}

/** What a first snapshot tells: of a job not known before, or of a list not complete before [C4]. */
function introducedBy(answer: JobsSyncAnswer, { jobs }: JobsSync, { userList }: JobRecords): readonly string[] {
  const named = answer.jobs.filter(({ id }) => jobs[id] === 0);
  const listed = userList?.complete ? [] : (answer.user?.jobs ?? []);
  return [...named, ...listed].map(({ id }) => id);
}
