import { assertInInjectionContext, computed, effect, inject, type Signal } from '@angular/core';
import { JobIdSchema, type JobViewer } from '@harmonia/contract';
import { Store } from '@ngrx/store';
import * as v from 'valibot';
import { selectPresence } from '../harmonia.feature';
import { selectUserId } from '../jobs/jobs.selectors';
import { PresenceWatches } from './presence-watches';

/** Somebody who watches a job, as a view shows them. */
export interface SeenViewer extends JobViewer {
  /** Whether it is the signed-in user, be it in another tab. */
  readonly isYou: boolean;
}

/** Those who watch a job, as a view sees them. */
export interface JobViewersRef {
  /** Those who have watched longest first, at most 50; somebody with several tabs is one. Empty until told, and without a connection. */
  readonly viewers: Signal<readonly SeenViewer[]>;
  /** All of them. */
  readonly count: Signal<number>;
}

/**
 * Shows who watches a job, and shows this user to them, for as long as the injection context lives [P2]: whoever sees is
 * seen. Given a signal it follows. It watches the job itself, too, as `injectJob` does, with which it shares the watch [C5].
 *
 * @throws when called outside an injection context
 * @example readonly others = injectJobViewers(this.id); // others.viewers(), others.count()
 */
export function injectJobViewers(id: string | Signal<string>): JobViewersRef {
  assertInInjectionContext(injectJobViewers);
  const store = inject(Store);
  const watches = inject(PresenceWatches);
  const current = typeof id === 'string' ? computed(() => id) : id;
  effect((onCleanup) => {
    if (v.is(JobIdSchema, current())) onCleanup(watches.watchViewers(current()));
  });
  const presence = store.selectSignal(selectPresence);
  const userId = store.selectSignal(selectUserId);
  const told = computed(() => presence().jobs[current()]);
  return {
    viewers: computed(() => (told()?.viewers ?? []).map((viewer) => ({ ...viewer, isYou: viewer.userId === userId() }))),
    count: computed(() => told()?.count ?? 0),
  };
}
