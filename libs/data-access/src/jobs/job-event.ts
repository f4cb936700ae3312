import type { Job, JobProgress, JobStatus } from '@harmonia/contract';
import { ofType } from '@ngrx/effects';
import type { Action } from '@ngrx/store';
import { filter, mergeMap, pipe, type OperatorFunction } from 'rxjs';
import { JobsActions } from './jobs.actions';

/** What can happen to a job, by its name; `progress` is null where a new attempt has not said so yet [R2]. */
export type JobEvent =
  | { readonly name: 'status'; readonly id: string; readonly status: JobStatus }
  | { readonly name: 'progress'; readonly id: string; readonly progress: JobProgress | null }
  | { readonly name: 'completed'; readonly id: string; readonly job: Job }
  | { readonly name: 'failed'; readonly id: string; readonly error: string; readonly code: string }
  | { readonly name: 'removed'; readonly id: string };

/** The event of this name. */
export type JobEventOf<Name extends JobEvent['name']> = Extract<JobEvent, { readonly name: Name }>;

/**
 * Picks what happened to jobs out of `Actions`, for a host that feeds an entity adapter of its own; typed by name. Each is
 * told once, after Harmonia has put it in order: never stale, never repeated, none of a first snapshot but `progress` [C4].
 * Where thousands of jobs move at once, take `JobsActions.jobsProgressed` and one `updateMany` instead of `progress`.
 *
 * @example
 * readonly renameDone = createEffect(() => inject(Actions).pipe(
 *   ofJobEvent('completed', 'failed'),
 *   map((event) => RowsActions.rowEnded({ id: event.id, ok: event.name === 'completed' })),
 * ));
 */
export function ofJobEvent<Name extends JobEvent['name']>(...names: readonly Name[]): OperatorFunction<Action, JobEventOf<Name>> {
  const wanted: readonly string[] = names;
  return pipe(
    ofType(
      JobsActions.jobStatusUpdated,
      JobsActions.jobsProgressed,
      JobsActions.jobCompleted,
      JobsActions.jobFailed,
      JobsActions.jobRemoved,
    ),
    mergeMap(eventsIn),
    filter((event): event is JobEventOf<Name> => wanted.includes(event.name)),
  );
}

type Fact = ReturnType<(typeof JobsActions)['jobStatusUpdated' | 'jobsProgressed' | 'jobCompleted' | 'jobFailed' | 'jobRemoved']>;

function eventsIn(fact: Fact): readonly JobEvent[] {
  switch (fact.type) {
    case JobsActions.jobsProgressed.type:
      return fact.jobs.map(({ id, progress }) => ({ name: 'progress', id, progress }));
    case JobsActions.jobStatusUpdated.type:
      return [{ name: 'status', id: fact.id, status: fact.status }];
    case JobsActions.jobCompleted.type:
      return [{ name: 'completed', id: fact.job.id, job: fact.job }];
    case JobsActions.jobFailed.type:
      return [{ name: 'failed', id: fact.id, error: fact.error, code: fact.code }];
    case JobsActions.jobRemoved.type:
      return [{ name: 'removed', id: fact.id }];
  }
}
