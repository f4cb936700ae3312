import { assertInInjectionContext, assertNotInReactiveContext, computed, DestroyRef, effect, inject, type Signal } from '@angular/core';
import { JobIdSchema, type Job, type JobProgress } from '@harmonia/contract';
import * as v from 'valibot';
import type { HarmoniaState } from '../harmonia.feature';
import { rowOf } from './bucket-table';
import { foreseenJob } from './foreseen';
import type { CommandRefusal, JobCommand } from './job-commands.actions';
import { refusalOf } from './job-commands.reducer';
import { JobCommandDesk } from './inject-job-commands';
import { JobChanges } from './job-changes';
import { entityIn } from './job-segments';
import { JobWatches } from './job-watches';

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
 * @throws when called outside an injection context, or in a computed or an effect, which would watch once more whenever it runs
 * @example
 * readonly id = input.required<string>();
 * readonly ref = injectJob<'pdf-notes'>(this.id); // ref.job()?.result
 */
export function injectJob<Type = unknown>(id: string | Signal<string>): JobRef<Job<Type>>;
export function injectJob(id: string | Signal<string>): JobRef {
  assertInInjectionContext(injectJob);
  assertNotInReactiveContext(injectJob);
  const watches = inject(JobWatches);
  const commands = inject(JobCommandDesk);
  const changes = inject(JobChanges);
  // one that stays is nothing that signals need to ask for
  const current = typeof id === 'string' ? () => id : id;
  const isId = computed(() => v.is(JobIdSchema, current()));
  whileMeant(id, (meant) => {
    if (!v.is(JobIdSchema, meant)) return [];
    return [changes.follow(meant), watches.watchJob(meant)];
  });
  const job = injectRead(current, jobShown);
  const isGone = injectRead(current, ({ records }, id) => id in records.tombstones);
  return {
    id: computed(current),
    job,
    progress: computed(() => job()?.progress ?? null),
    phase: computed(() => (job() ? 'present' : isGone() || !isId() ? 'absent' : 'loading')),
    pending: injectRead(current, ({ commands }, id) => commands.pending[id]?.command ?? null),
    refusal: injectRead(current, ({ commands }, id) => refusalOf(commands, id)),
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
  const changes = inject(JobChanges);
  whileMeant(id, (meant) => [changes.follow(meant)]);
  return injectRead(id, (harmonia, known) => jobShown(harmonia, known)?.progress ?? null);
}

/** Begins something for a job, and ends it when another is meant or the injection context is gone. */
function whileMeant(id: string | Signal<string>, begin: (id: string) => readonly (() => void)[]): void {
  const ending = (meant: string) => {
    const ends = begin(meant);
    return () => ends.forEach((end) => end());
  };
  // Angular looks at each effect outside a view whenever another is due: an id that stays does without
  if (typeof id === 'string') inject(DestroyRef).onDestroy(ending(id));
  else effect((onCleanup) => onCleanup(ending(id())));
}

/** What the state says of one job, also after the id has changed; read anew when it has changed, see {@link JobChanges}. */
function injectRead<Value>(id: () => string, read: (harmonia: HarmoniaState, id: string) => Value): Signal<Value> {
  const changes = inject(JobChanges);
  return computed(() => read(changes.stateFor(id()), id()));
}

const jobShown = ({ records, commands }: HarmoniaState, id: string): Job | null =>
  foreseenJob(rowOf(records.rows, id), entityIn(records, id), commands.pending[id]);
