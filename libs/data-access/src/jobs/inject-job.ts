import { assertInInjectionContext, computed, effect, inject, type Signal } from '@angular/core';
import { JobIdSchema, type Job, type JobProgress } from '@harmonia/contract';
import { Store } from '@ngrx/store';
import * as v from 'valibot';
import type { CommandRefusal, JobCommand } from './job-commands.actions';
import { JobCommandDesk } from './inject-job-commands';
import { JobWatches } from './job-watches';
import { selectCommandRefusal, selectJobAbsent, selectJobById, selectJobProgress, selectPendingCommand } from './jobs.selectors';

/** One job as a view sees it. */
export interface JobRef<Typed extends Job = Job> {
  readonly id: Signal<string>;
  /** The whole job; null while it is not known. */
  readonly job: Signal<Typed | null>;
  /** How far it has come; null while that is not known. */
  readonly progress: Signal<JobProgress | null>;
  /** `absent`: there is no such job, or it is not this user's to see [S4]. */
  readonly phase: Signal<'loading' | 'present' | 'absent'>;
  /** The command that is under way; its outcome is shown already [C10]. */
  readonly pending: Signal<JobCommand | null>;
  /** Why the last command was refused, until the next one. */
  readonly refusal: Signal<CommandRefusal | null>;
  /** Cancels the job, see {@link injectJobCommands}. */
  cancel(): void;
  /** Starts the next attempt, see {@link injectJobCommands}. */
  retry(): void;
}

/**
 * Watches one job for as long as the injection context lives, a component's for instance [C5]. Given a signal it follows:
 * from /jobs/1 to /jobs/2 it leaves the one and watches the other. A key of `JobTypes` types input and result; it is you
 * who knows that the job is of that type.
 *
 * @throws when called outside an injection context
 * @example
 * readonly id = input.required<string>();
 * readonly ref = injectJob<'pdf-notes'>(this.id); // ref.job()?.result
 */
export function injectJob<Type = unknown>(id: string | Signal<string>): JobRef<Job<Type>>;
export function injectJob(id: string | Signal<string>): JobRef {
  assertInInjectionContext(injectJob);
  const watches = inject(JobWatches);
  const commands = inject(JobCommandDesk);
  const current = typeof id === 'string' ? computed(() => id) : id;
  const isId = computed(() => v.is(JobIdSchema, current()));
  effect((onCleanup) => {
    if (isId()) onCleanup(watches.watchJob(current()));
  });
  const job = injectSelected(current, selectJobById);
  const absent = injectSelected(current, selectJobAbsent);
  return {
    id: current,
    job,
    progress: injectSelected(current, selectJobProgress),
    phase: computed(() => (job() ? 'present' : absent() || !isId() ? 'absent' : 'loading')),
    pending: injectSelected(current, selectPendingCommand),
    refusal: injectSelected(current, selectCommandRefusal),
    cancel: () => commands.cancel(current()),
    retry: () => commands.retry(current()),
  };
}

/**
 * How far a job has come, without watching it: for the rows of a list that is watched as a whole.
 *
 * @throws when called outside an injection context
 * @example readonly progress = injectJobProgress(this.id);
 */
export function injectJobProgress(id: Signal<string>): Signal<JobProgress | null> {
  assertInInjectionContext(injectJobProgress);
  return injectSelected(id, selectJobProgress);
}

/** What a selector of one id says, also after the id has changed. */
function injectSelected<Value>(id: Signal<string>, select: (id: string) => (root: object) => Value): Signal<Value> {
  const root = inject<Store<object>>(Store).selectSignal((state) => state);
  const selector = computed(() => select(id()));
  return computed(() => selector()(root()));
}
