import { jobFailure, type Job } from '@harmonia/contract';
import type { Action } from '@ngrx/store';
import { rowAt, rowOf } from './bucket-table';
import type { JobEntity } from './job-entity';
import type { JobFrame } from './job-frame';
import { entityIn, isUntouched, jobIn } from './job-segments';
import { JobsActions, type JobProgressed } from './jobs.actions';
import { NO_RECORDS, type JobRecords } from './jobs.reducer';
import type { ReceivedJob } from './received-job';

/** How many jobs that left are remembered, the last to leave. */
const MOST_GONE = 10_000;

type Received = JobFrame['jobs'];

type Standing = Pick<JobEntity, 'createdAt' | 'status' | 'attempt'>;

/**
 * Says what became of jobs, once per (id, attempt, status), however it was learned; a first snapshot tells no news [C4].
 * Compares the records after a frame with those after the one before.
 */
export class JobFacts {
  private before: JobRecords = NO_RECORDS;
  /** Jobs that are not in the records any more, as they last stood: one that comes back is no news by itself [C2]. */
  private readonly gone = new Map<string, Standing>();

  /** The facts that follow from a frame, by the records as they are after it. */
  of(frame: JobFrame, records: JobRecords): readonly Action[] {
    if (records.userId !== this.before.userId) this.forget();
    const { before } = this;
    this.before = records;
    if (before.all === records.all) return stepsOf(frame.jobs, before, records);
    const jobs = onceEach(frame.jobs);
    return [...stepsOf(jobs, before, records), ...this.changes(jobs, frame.sync, before, records), ...removals(frame, before, records)];
  }

  /** Nobody is signed in: what comes next is a first snapshot, whoever it is of. */
  forget(): void {
    this.before = NO_RECORDS;
    this.gone.clear();
  }

  private changes(jobs: Received, sync: JobFrame['sync'], before: JobRecords, after: JobRecords): readonly Action[] {
    if (before.rows.slots !== after.rows.slots) this.remember(before, after);
    const introduced = new Set(sync?.introduced);
    return jobs.flatMap(({ state: { id } }) => (isUntouched(before, after, id) ? [] : this.newsOf(id, before, after, introduced)));
  }

  /** What left, whyever: it may have been removed, dropped by a list or by a new epoch. */
  private remember(before: JobRecords, after: JobRecords): void {
    for (const entity of before.all) {
      const { id, createdAt, status, attempt } = entity;
      if (!(id in after.rows.slots)) this.gone.set(id, { createdAt, status, attempt });
    }
    for (const [id] of this.gone) {
      if (this.gone.size <= MOST_GONE) break;
      this.gone.delete(id);
    }
  }

  private newsOf(id: string, earlier: JobRecords, later: JobRecords, introduced: ReadonlySet<string>): readonly Action[] {
    const before = entityIn(earlier, id);
    const entity = entityIn(later, id);
    if (!entity || before === entity) return [];
    const last = before ?? this.gone.get(id);
    this.gone.delete(id);
    // A job nobody told of before, or another one under the same id, was queued before.
    const { status, attempt } = last?.createdAt === entity.createdAt ? last : { status: 'queued', attempt: 1 };
    const isNews = (status !== entity.status || attempt !== entity.attempt) && (before || !introduced.has(id));
    const job = isNews ? jobIn(later, id) : null;
    return job ? [factOf(job)] : [];
  }
}

/** Of each job the newest, as the state took it: a sync tells of one twice that is named and in the list. */
function onceEach(jobs: Received): Received {
  const newest = new Map<string, ReceivedJob>();
  for (const job of jobs) {
    const known = newest.get(job.state.id);
    if (!known || job.state.version > known.state.version) newest.set(job.state.id, job);
  }
  return [...newest.values()];
}

function removals({ removed }: JobFrame, before: JobRecords, after: JobRecords): readonly Action[] {
  const ids = [...new Set(removed.map(({ id }) => id))];
  return ids.filter((id) => id in before.rows.slots && !(id in after.rows.slots)).map((id) => JobsActions.jobRemoved({ id }));
}

/**
 * Progress is what the state says now, so a first snapshot tells of it too. What is said twice, or was old, is told of once: by
 * the very progress that the state took.
 */
function stepsOf(jobs: Received, before: JobRecords, after: JobRecords): readonly Action[] {
  const { slots, buckets } = after.rows;
  const isSameIndex = slots === before.rows.slots;
  const progressed: JobProgressed[] = [];
  for (const { state } of jobs) {
    const { id } = state;
    const slot = slots[id];
    const row = slot === undefined ? null : rowAt(buckets, slot);
    if (slot === undefined || !row || row.progress !== state.progress) continue;
    const earlier = isSameIndex ? rowAt(before.rows.buckets, slot) : rowOf(before.rows, id);
    if (row.progress !== (earlier?.progress ?? null)) progressed.push({ id, progress: row.progress });
  }
  return progressed.length > 0 ? [JobsActions.jobsProgressed({ jobs: progressed })] : [];
}

/** A fact about where a job stands. */
export type StatusFact = ReturnType<(typeof JobsActions)['jobCompleted' | 'jobFailed' | 'jobStatusUpdated']>;

/** What a job's status says of it, as a fact. */
export function factOf(job: Job): StatusFact {
  if (job.status === 'completed') return JobsActions.jobCompleted({ job });
  const failure = jobFailure(job);
  if (failure) return JobsActions.jobFailed({ id: job.id, ...failure });
  return JobsActions.jobStatusUpdated({ id: job.id, status: job.status });
}
