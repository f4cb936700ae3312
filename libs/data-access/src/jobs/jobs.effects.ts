import { inject } from '@angular/core';
import { Actions, createEffect, ofType } from '@ngrx/effects';
import { Store } from '@ngrx/store';
import { tap } from 'rxjs';
import { ConnectionActions } from '../connection/connection.actions';
import { selectRecords } from '../harmonia.feature';
import { JobFacts } from './job-facts';
import { JobsActions } from './jobs.actions';

/** Lets facts follow what was received [C4]; dispatched by hand, for an effect's own way costs as much again as the dispatch. */
export const announceFacts = createEffect(
  (actions = inject(Actions), store = inject(Store)) => {
    const facts = new JobFacts();
    const records = store.selectSignal(selectRecords);
    return actions.pipe(
      ofType(JobsActions.jobsReceived, ConnectionActions.signedOut),
      tap((action) => {
        if ('jobs' in action) facts.of(action, records()).forEach((fact) => store.dispatch(fact));
        else facts.forget();
      }),
    );
  },
  { functional: true, dispatch: false },
);
