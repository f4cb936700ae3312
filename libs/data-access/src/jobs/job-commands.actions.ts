import type { Refusal } from '@harmonia/contract';
import { createActionGroup, props } from '@ngrx/store';

/** What can be asked of a job and be foreseen: `cancel` ends its attempt, `retry` starts the next one. */
export type JobCommand = 'cancel' | 'retry';

/** A command on its way. */
export interface IssuedCommand {
  /** Tells this command from every other, also from the same one given again. */
  readonly key: string;
  readonly id: string;
  readonly command: JobCommand;
  /** The attempt that it is about: for a later one nothing is foreseen. */
  readonly attempt: number;
}

/** A command that was refused, and why. */
export interface CommandRefusal {
  readonly command: JobCommand;
  readonly refusal: Refusal;
}

/**
 * What became of commands [C10]. Each that was issued is accepted or refused once, also when it was only not answered.
 *
 * @example inject(Actions).pipe(ofType(JobCommandActions.commandRefused), tap(({ refusal }) => notify(refusal.message)));
 */
export const JobCommandActions = createActionGroup({
  source: 'Harmonia Commands',
  events: {
    'Command Issued': props<IssuedCommand>(),
    'Command Accepted': props<Pick<IssuedCommand, 'key' | 'id' | 'command'>>(),
    'Command Refused': props<Pick<IssuedCommand, 'key' | 'id'> & CommandRefusal>(),
  },
});
