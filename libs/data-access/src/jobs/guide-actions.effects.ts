import { inject } from '@angular/core';
import { isTerminal, type JobProgress } from '@harmonia/contract';
import { Actions, createEffect, ofType } from '@ngrx/effects';
import { Store, type Action } from '@ngrx/store';
import { distinctUntilChanged, mergeMap, withLatestFrom } from 'rxjs';
import { ConnectionActions } from '../connection/connection.actions';
import { selectRecords } from '../harmonia.feature';
import { GuideActions } from './guide-actions';
import { factOf, type StatusFact } from './job-facts';
import { jobIn } from './job-segments';
import { JobWatches } from './job-watches';
import { JobsActions, type JobProgressed } from './jobs.actions';

/** The guide's progress is never null: a new attempt starts its bar anew [R2]. */
const NOT_STARTED: JobProgress = { current: 0, total: null, percentage: 0, message: '' };

/** Tells every fact about jobs in the guide's words. */
export const tellFactsAsGuide = createEffect(
  (actions = inject(Actions)) =>
    actions.pipe(
      ofType(JobsActions.jobsProgressed, JobsActions.jobStatusUpdated, JobsActions.jobCompleted, JobsActions.jobFailed),
      mergeMap((fact): readonly Action[] => ('jobs' in fact ? fact.jobs.map(progressOf) : [statusOf(fact)])),
    ),
  { functional: true },
);

/**
 * From a first snapshot no fact follows, yet the guide's reducers hold a state that has to be right: they are told what a
 * plain client would hear after subscribing, jobs watched by name whatever their status, of a list the active ones [E3].
 */
export const tellSnapshotAsGuide = createEffect(
  (actions = inject(Actions), store = inject(Store), watches = inject(JobWatches)) =>
    actions.pipe(
      ofType(JobsActions.jobsReceived),
      withLatestFrom(store.select(selectRecords)),
      mergeMap(([{ sync }, records]) => {
        const named = new Set(watches.jobIds);
        return (sync?.introduced ?? []).flatMap((id) => {
          const job = jobIn(records, id);
          return !job || (isTerminal(job.status) && !named.has(id)) ? [] : [statusOf(factOf(job))];
        });
      }),
    ),
  { functional: true },
);

/** Tells when the connection is there, once a session, and each time it is lost: whoever signs in has a list of their own. */
export const tellConnectionAsGuide = createEffect(
  (actions = inject(Actions)) => {
    const { sessionAuthenticated, watchesDeclared, connectionLost, connectionRefused } = ConnectionActions;
    return actions.pipe(
      ofType(sessionAuthenticated, watchesDeclared, connectionLost, connectionRefused),
      distinctUntilChanged((one, other) => one.type === other.type && one.type === watchesDeclared.type),
      mergeMap((action) => {
        if (action.type === sessionAuthenticated.type) return [];
        if (action.type === watchesDeclared.type) return [GuideActions.realTimeConnectionEstablished()];
        return [GuideActions.realTimeConnectionLost({ error: 'message' in action ? action.message : action.refusal.message })];
      }),
    );
  },
  { functional: true },
);

const progressOf = ({ id, progress }: JobProgressed): Action => GuideActions.jobProgressUpdated({ id, progress: progress ?? NOT_STARTED });

function statusOf(fact: StatusFact): Action {
  if ('job' in fact) return GuideActions.jobCompleted({ job: fact.job });
  const { id } = fact;
  return 'error' in fact ? GuideActions.jobFailed({ id, error: fact.error }) : GuideActions.jobStatusUpdated({ id, status: fact.status });
}
