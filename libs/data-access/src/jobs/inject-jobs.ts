import { assertInInjectionContext, DestroyRef, inject, type Signal } from '@angular/core';
import { Store } from '@ngrx/store';
import type { JobEntity } from './job-entity';
import { JobWatches } from './job-watches';
import { selectUserJobs, selectUserListLoaded } from './jobs.selectors';

/** The user's jobs as a view sees them. */
export interface JobsRef {
  /** Newest first. */
  readonly jobs: Signal<readonly JobEntity[]>;
  /** False until the list was told of once: before that, an empty list says nothing. */
  readonly loaded: Signal<boolean>;
}

/**
 * Watches the signed-in user's jobs for as long as the injection context lives [C5].
 *
 * @throws when called outside an injection context
 * @example readonly mine = injectJobs(); // mine.jobs().length
 */
export function injectJobs(): JobsRef {
  assertInInjectionContext(injectJobs);
  const store = inject(Store);
  inject(DestroyRef).onDestroy(inject(JobWatches).watchUserList());
  return { jobs: store.selectSignal(selectUserJobs), loaded: store.selectSignal(selectUserListLoaded) };
}
