import { jobFailure, type Job } from '@harmonia/contract';
import type { Action } from '@ngrx/store';
import { rowOf } from './bucket-table';
import { joinJob } from './job-entity';
import type { JobFrame } from './job-frame';
import { JobsActions } from './jobs.actions';
import type { JobRecords } from './jobs.reducer';

type Standing = Pick<Job, 'status' | 'attempt'>;

/** A job nobody told of before was queued before. */
const NEW: Standing = { status: 'queued', attempt: 1 };

/**
 * Says what became of jobs, once per (id, attempt, status), however it was learned; a first snapshot tells no news [C4].
 * Remembers where each job stood when it last spoke.
 */
export class JobFacts {
  private readonly standings = new Map<string, Standing>();
  private userId: string | null = null;

  /** The facts that follow from a frame, by the records as they are after it. */
  of(frame: JobFrame, records: JobRecords): readonly Action[] {
    if (records.userId !== this.userId) this.standings.clear();
    this.userId = records.userId;
    for (const { id } of frame.removed) if (!records.entities[id]) this.standings.delete(id);
    const introduced = new Set(frame.sync?.introduced);
    return frame.jobs.flatMap(({ state: { id } }) => this.news(id, records, introduced.has(id)));
  }

  private news(id: string, { entities, pulses }: JobRecords, isIntroduced: boolean): readonly Action[] {
    const entity = entities[id];
    const pulse = rowOf(pulses, id);
    if (!entity || !pulse) return [];
    const before = this.standings.get(id);
    this.standings.set(id, entity);
    const { status, attempt } = before ?? NEW;
    const isNews = status !== entity.status || attempt !== entity.attempt;
    return isNews && (before || !isIntroduced) ? [factOf(joinJob(entity, pulse))] : [];
  }
}

function factOf(job: Job): Action {
  if (job.status === 'completed') return JobsActions.jobCompleted({ job });
  const failure = jobFailure(job);
  if (failure) return JobsActions.jobFailed({ id: job.id, ...failure });
  return JobsActions.jobStatusUpdated({ id: job.id, status: job.status });
}
