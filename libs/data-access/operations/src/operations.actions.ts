import type { Refusal } from '@harmonia/contract';
import { createActionGroup, emptyProps, props } from '@ngrx/store';
import type { AskedConnections, GatewayFigures, ListedConnections } from './operations-state';

/**
 * What happens around operations pages: who looks, what they want to see of the connections, and what the gateway said.
 *
 * @example inject(Actions).pipe(ofType(OperationsActions.answered), tap(({ figures }) => remember(figures.connected)));
 */
export const OperationsActions = createActionGroup({
  source: 'Harmonia Operations',
  events: {
    'Watch Began': emptyProps(),
    'Watch Ended': emptyProps(),
    'Asked Again': emptyProps(),
    'User Chosen': props<{ userId: string | null }>(),
    'Page Turned': props<{ isForward: boolean }>(),
    Answered: props<{ figures: GatewayFigures; connections: ListedConnections; asked: AskedConnections; at: number }>(),
    Refused: props<{ refusal: Refusal }>(),
  },
});
