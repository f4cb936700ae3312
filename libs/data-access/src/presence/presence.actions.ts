import type { JobViewers, OnlineUser, PresenceFrame, Refusal } from '@harmonia/contract';
import { createActionGroup, emptyProps, props } from '@ngrx/store';

/**
 * Who is there, as far as views ask for it and the gateway shows it [P2, P3]. `jobViewersTold` holds all who watch a job, so the
 * latest is all that counts; `jobsLeft`: no view asks any more.
 *
 * @example inject(Actions).pipe(ofType(PresenceActions.jobViewersTold), tap(({ jobId, count }) => log(jobId, count)));
 */
export const PresenceActions = createActionGroup({
  source: 'Harmonia Presence',
  events: {
    'Job Viewers Told': props<JobViewers>(),
    'Jobs Left': props<{ jobIds: readonly string[] }>(),
    'Online Users Listed': props<{ users: readonly OnlineUser[]; count: number }>(),
    'Online Users Changed': props<PresenceFrame>(),
    'Online Users Refused': props<{ refusal: Refusal }>(),
    'Online Users Left': emptyProps(),
  },
});
