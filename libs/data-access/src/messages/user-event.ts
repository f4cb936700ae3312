import type { UserEventName, UserEventPayload } from '@harmonia/contract';
import { ofType } from '@ngrx/effects';
import type { Action } from '@ngrx/store';
import { filter, map, pipe, type OperatorFunction } from 'rxjs';
import { MessagesActions } from './messages.actions';

/** Of one name; its payload is what `UserMessages.emitToUser` took, which is typed by the same declaration [M1]. */
const isNamed =
  <Name extends UserEventName>(wanted: Name) =>
  (event: {
    readonly name: string;
    readonly payload: object;
  }): event is { readonly name: Name; readonly payload: UserEventPayload<Name> } =>
    event.name === wanted;

/**
 * Picks an event of the application's own out of `Actions`, typed by its declaration in `UserEvents` of @harmonia/contract. What it
 * carries is what the server's `emitToUser` was given, and `timestamp`; told at most once, and never later [M3].
 *
 * @example
 * declare module '@harmonia/contract' {
 *   interface UserEvents { 'analysis:completed': { interviewId: string; message: string } }
 * }
 * readonly completed = createEffect(() => inject(Actions).pipe(
 *   ofUserEvent('analysis:completed'),
 *   map(({ interviewId }) => InterviewActions.load({ interviewId })),
 * ));
 */
export function ofUserEvent<Name extends UserEventName>(name: Name): OperatorFunction<Action, UserEventPayload<Name>> {
  return pipe(
    ofType(MessagesActions.userEventReceived),
    filter(isNamed(name)),
    map(({ payload }) => payload),
  );
}
