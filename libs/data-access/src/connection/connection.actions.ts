import type { Refusal } from '@harmonia/contract';
import { createActionGroup, emptyProps, props } from '@ngrx/store';
import type { LossReason } from './connection-state';

/**
 * What happened to the connection. Nothing here carries a token [C8]; times are milliseconds since 1970.
 *
 * @example inject(Actions).pipe(ofType(ConnectionActions.connectionRefused), tap(({ refusal }) => notify(refusal.message)));
 */
export const ConnectionActions = createActionGroup({
  source: 'Harmonia Connection',
  events: {
    'Connection Started': props<{ attempt: number }>(),
    'Session Authenticated': props<{ userId: string }>(),
    'Watches Declared': props<{ at: number }>(),
    'Sync Failed': props<{ reason: LossReason; message: string; at: number }>(),
    'Connection Lost': props<{ reason: LossReason; message: string; attempt: number; at: number; retryAt: number }>(),
    'Polling Began': props<{ userId: string }>(),
    Polled: props<{ at: number }>(),
    'Polling Failed': props<{ reason: LossReason; message: string; attempt: number; at: number; retryAt: number }>(),
    'Connection Refused': props<{ refusal: Refusal }>(),
    'Signed Out': emptyProps(),
  },
});
