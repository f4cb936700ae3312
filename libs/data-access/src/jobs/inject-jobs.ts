import { assertInInjectionContext, computed, DestroyRef, inject, type Signal } from '@angular/core';
import { Store } from '@ngrx/store';
import type { JobEntity } from './job-entity';
import { filteredJobs, type JobFilter } from './job-filter';
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
 * Watches the signed-in user's jobs for as long as the injection context lives [C5]. A filter narrows what is shown, not
 * what is watched; given as a signal it is followed.
 *
 * @throws when called outside an injection context
 * @example
 * readonly status = signal<JobStatus[]>(['failed']);
 * readonly mine = injectJobs(computed(() => ({ status: this.status() }))); // mine.jobs().length
 */
export function injectJobs(filter: JobFilter | Signal<JobFilter> = {}): JobsRef {
  assertInInjectionContext(injectJobs);
  const store = inject(Store);
  inject(DestroyRef).onDestroy(inject(JobWatches).watchUserList());
  const mine = store.selectSignal(selectUserJobs);
  const jobs = computed(() => filteredJobs(mine(), typeof filter === 'function' ? filter() : filter));
  return { jobs, loaded: store.selectSignal(selectUserListLoaded) };
}
