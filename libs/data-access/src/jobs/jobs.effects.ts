import { inject } from '@angular/core';
import { Actions, createEffect, ofType } from '@ngrx/effects';
import { Store } from '@ngrx/store';
import { mergeMap, withLatestFrom } from 'rxjs';
import { selectRecords } from '../harmonia.feature';
import { JobFacts } from './job-facts';
import { JobsActions } from './jobs.actions';

/** Lets facts follow what was received [C4]. */
export const announceFacts = createEffect(
  (actions = inject(Actions), store = inject(Store)) => {
    const facts = new JobFacts();
    return actions.pipe(
      ofType(JobsActions.jobsReceived),
      withLatestFrom(store.select(selectRecords)),
      mergeMap(([frame, records]) => facts.of(frame, records)),
    );
  },
  { functional: true },
);
