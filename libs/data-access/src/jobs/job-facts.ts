import { jobFailure, type Job, type JobProgress } from '@harmonia/contract';
import type { Action } from '@ngrx/store';
import { rowOf } from './bucket-table';
import { joinJob } from './job-entity';
import type { JobFrame } from './job-frame';
import { JobsActions, type JobProgressed } from './jobs.actions';
import type { JobRecords } from './jobs.reducer';

interface Standing {
  /** Another job under the same id was created at another time. */
  readonly createdAt: string | null;
  readonly status: Job['status'];
  readonly attempt: number;
  readonly progress: JobProgress | null;
}

/** A job nobody told of before was queued before. */
const NEW: Standing = { createdAt: null, status: 'queued', attempt: 1, progress: null };

/**
 * Says what became of jobs, once per (id, attempt, status), however it was learned; a first snapshot tells no news [C4].
 * Remembers where each job stood when it last spoke.
 */
export class JobFacts {
  private readonly standings = new Map<string, Standing>();
  /** Jobs that are gone, as they last stood: one that comes back is no news by itself [C2]. */
  private readonly gone = new Map<string, Standing>();
  private userId: string | null = null;

  /** The facts that follow from a frame, by the records as they are after it. */
  of(frame: JobFrame, records: JobRecords): readonly Action[] {
    if (records.userId !== this.userId) [this.standings, this.gone].forEach((known) => known.clear());
    this.userId = records.userId;
    const gone = frame.removed.filter(({ id }) => !records.entities[id] && this.leave(id));
    const introduced = new Set(frame.sync?.introduced);
    const progressed: JobProgressed[] = [];
    const facts = frame.jobs.flatMap(({ state: { id } }) => this.news(id, records, introduced.has(id), progressed));
    const steps = progressed.length > 0 ? [JobsActions.jobsProgressed({ jobs: progressed })] : [];
    return [...steps, ...facts, ...gone.map(({ id }) => JobsActions.jobRemoved({ id }))];
  }

  private leave(id: string): boolean {
    const standing = this.standings.get(id);
    if (standing) this.gone.set(id, standing);
    return this.standings.delete(id);
  }

  /** Progress is what the state says now, so a first snapshot tells of it too. */
  private news(id: string, { entities, pulses }: JobRecords, isIntroduced: boolean, progressed: JobProgressed[]): readonly Action[] {
    const entity = entities[id];
    const pulse = rowOf(pulses, id);
    if (!entity || !pulse) return [];
    const known = this.standings.get(id);
    const last = known ?? this.gone.get(id);
    const before = last?.createdAt === entity.createdAt ? last : NEW;
    const { progress } = pulse;
    if (progress !== before.progress) progressed.push({ id, progress });
    this.standings.set(id, { createdAt: entity.createdAt, status: entity.status, attempt: entity.attempt, progress });
    this.gone.delete(id);
    const isNews = before.status !== entity.status || before.attempt !== entity.attempt;
    return isNews && (known || !isIntroduced) ? [factOf(joinJob(entity, pulse))] : [];
  }
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
