import { assertInInjectionContext, inject, Injectable, untracked } from '@angular/core';
import { Store } from '@ngrx/store';
import { selectRecords } from '../harmonia.feature';
import { JobCommandActions, type JobCommand } from './job-commands.actions';
import { entityIn } from './job-segments';

/** Gives commands to the gateway. What will come of them is shown at once, and taken back when they are refused [C10]. */
@Injectable()
export class JobCommandDesk {
  private readonly store = inject(Store);
  private readonly records = this.store.selectSignal(selectRecords);
  private issued = 0;

  /** Cancels a job that has not ended. */
  cancel(id: string): void {
    this.issue('cancel', id);
  }

  /** Starts a failed or cancelled job anew, as its next attempt. */
  retry(id: string): void {
    this.issue('retry', id);
  }

  /** An effect that gives a command follows nothing that is read for it, else it would give it again with every change. */
  private issue(command: JobCommand, id: string): void {
    untracked(() => {
      const attempt = entityIn(this.records(), id)?.attempt ?? 0;
      this.store.dispatch(JobCommandActions.commandIssued({ key: `${command}-${++this.issued}`, id, command, attempt }));
    });
  }
}

/**
 * Cancels and retries jobs, for the rows of a list; one job's page has the same on its {@link JobRef}. Selectors show what
 * is foreseen until the answer is here; a refusal takes it back and is told as `JobCommandActions.commandRefused`. While a
 * command of a job is under way, another one for it is not taken.
 *
 * @throws when called outside an injection context
 * @example
 * readonly commands = injectJobCommands(); // (click)="commands.cancel(job.id)"
 */
export function injectJobCommands(): Pick<JobCommandDesk, 'cancel' | 'retry'> {
  assertInInjectionContext(injectJobCommands);
  return inject(JobCommandDesk);
}
