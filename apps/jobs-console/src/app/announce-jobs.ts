import { inject } from '@angular/core';
import { ConnectionActions, JobsActions, selectJobById } from '@harmonia/data-access';
import { Announcer } from '@harmonia/ui';
import { Actions, createEffect, ofType } from '@ngrx/effects';
import { Store } from '@ngrx/store';
import { concatMap, map, take } from 'rxjs';

const WORDS = {
  queued: 'is queued',
  processing: 'is running',
  completed: 'has completed',
  failed: 'has failed',
  cancelled: 'was cancelled',
};

/** Says politely to screen readers what became of a job, wherever in the console they are. */
export const announceJobs = createEffect(
  (actions = inject(Actions), store = inject(Store), announcer = inject(Announcer)) =>
    actions.pipe(
      ofType(JobsActions.jobCompleted, JobsActions.jobFailed, JobsActions.jobStatusUpdated),
      concatMap((fact) => store.select(selectJobById('job' in fact ? fact.job.id : fact.id)).pipe(take(1))),
      map((job) => job && announcer.tell(`${job.title ?? job.id} ${WORDS[job.status]}`)),
    ),
  { functional: true, dispatch: false },
);

/** Takes the last announcement, which names a job, off the page when its user signs out. */
export const forgetAnnouncements = createEffect(
  (actions = inject(Actions), announcer = inject(Announcer)) =>
    actions.pipe(
      ofType(ConnectionActions.signedOut),
      map(() => announcer.clear()),
    ),
  { functional: true, dispatch: false },
);
