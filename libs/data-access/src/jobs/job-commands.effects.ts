import { inject } from '@angular/core';
import { RefusalError, type Refusal } from '@harmonia/contract';
import { Actions, createEffect, ofType } from '@ngrx/effects';
import { Store, type Action } from '@ngrx/store';
import { filter, mergeMap } from 'rxjs';
import { selectCommands } from '../harmonia.feature';
import { JobCommandActions, type IssuedCommand } from './job-commands.actions';
import { JobInbox } from './job-inbox';
import { JobsHttp } from './jobs-http';

/** Asks the gateway for what was issued, and tells how that went. A second command of a job under way was not taken. */
export const runCommands = createEffect(
  (actions = inject(Actions), store = inject(Store), jobs = inject(JobsHttp), inbox = inject(JobInbox)) => {
    const commands = store.selectSignal(selectCommands);
    return actions.pipe(
      ofType(JobCommandActions.commandIssued),
      filter(({ id, key }) => commands().pending[id]?.key === key),
      mergeMap((issued) => run(issued, jobs, inbox)),
    );
  },
  { functional: true },
);

async function run({ key, id, command }: IssuedCommand, jobs: JobsHttp, inbox: JobInbox): Promise<Action> {
  try {
    await jobs[command](id);
    // The record is there before what was foreseen goes: nothing flickers back.
    inbox.flush();
    return JobCommandActions.commandAccepted({ key, id, command });
  } catch (error) {
    const refusal = refusalOf(error);
    // Unanswered, it may have been done all the same [C9].
    if (refusal.code === 'timeout' || refusal.code === 'unavailable') inbox.requestSync();
    return JobCommandActions.commandRefused({ key, id, command, refusal });
  }
}

function refusalOf(error: unknown): Refusal {
  const { code, message } = error instanceof RefusalError ? error : new RefusalError('internal-error');
  return { code, message };
}
