import { inject } from '@angular/core';
import { isTerminal } from '@harmonia/contract';
import { Actions, createEffect, ofType } from '@ngrx/effects';
import { Store } from '@ngrx/store';
import { distinctUntilChanged, exhaustMap, filter, interval, map, merge } from 'rxjs';
import { selectHarmonia } from '../harmonia.feature';
import { rowOf } from './bucket-table';
import { JobWatches } from './job-watches';
import { JobsActions } from './jobs.actions';
import type { JobRecords } from './jobs.reducer';

/** How much of the past the store keeps, see `withRetention`. */
export interface RetentionOptions {
  /** Jobs in the store, above which the oldest ended ones leave it; default 10,000. */
  readonly maxJobs?: number;
  /** Milliseconds after its last change at which an ended job leaves; default: none, the number alone decides. */
  readonly endedForMs?: number;
}

/** Milliseconds between two looks at how old ended jobs are, at most. */
const LOOK_EVERY_MS = 60_000;
/** How much room is made at a time, as a part of `maxJobs`: each time copies the index of all jobs. */
const ROOM = 0.05;

/** Lets ended jobs leave when there are too many, and when they are too old. */
export const retiring = (retention: Required<RetentionOptions>) =>
  createEffect(
    (actions = inject(Actions), store = inject(Store), watches = inject(JobWatches)) => {
      const slice = store.selectSignal(selectHarmonia);
      const received = actions.pipe(
        ofType(JobsActions.jobsReceived),
        map(() => slice().records.all),
      );
      const crowded = received.pipe(
        distinctUntilChanged(),
        filter((all) => all.length > retention.maxJobs),
      );
      // Nothing ages before there are jobs; where time does not count there is no timer.
      const ages = received.pipe(
        filter(() => retention.endedForMs < Infinity),
        exhaustMap(() => interval(Math.min(retention.endedForMs, LOOK_EVERY_MS))),
      );
      return merge(crowded, ages).pipe(
        map(() => {
          const { records, commands } = slice();
          const needed = new Set([...watches.jobIds, ...Object.keys(commands.pending)]);
          return JobsActions.jobsRetired({ ids: retirable(records, needed, retention, Date.now()) });
        }),
        filter(({ ids }) => ids.length > 0),
      );
    },
    { functional: true },
  );

/** The ended jobs that have to leave, the longest unchanged first; none that is needed. */
export function retirable(
  { all, rows }: JobRecords,
  needed: ReadonlySet<string>,
  { maxJobs, endedForMs }: Required<RetentionOptions>,
  now: number,
): readonly string[] {
  const ended = all
    .filter(({ id, status }) => isTerminal(status) && !needed.has(id))
    .map(({ id }) => ({ id, at: Date.parse(rowOf(rows, id)?.updatedAt ?? '') }))
    .sort((one, other) => one.at - other.at);
  const surplus = all.length > maxJobs ? all.length - Math.floor(maxJobs * (1 - ROOM)) : 0;
  const old = ended.filter(({ at }) => now - at > endedForMs).length;
  return ended.slice(0, Math.max(surplus, old)).map(({ id }) => id);
}
