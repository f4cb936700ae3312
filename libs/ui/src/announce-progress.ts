import { assertInInjectionContext, DestroyRef, effect, inject, type Signal } from '@angular/core';
import type { JobProgress, JobStatus } from '@harmonia/contract';
import { Announcer } from './announcer';

/** A job as far as its progress is worth mentioning. */
export interface ProgressTopic {
  readonly id: string;
  readonly name: string;
  readonly status: JobStatus;
  readonly progress: JobProgress | null;
}

/**
 * Mentions to screen readers how far a running job is, each time it has come another step, for as long as the injection
 * context lives. The first that is known is not mentioned: it is on the page. Ends are no progress, and told elsewhere.
 *
 * @param job null while it is not known
 * @param step percent between two mentions; without a total each new message is one
 * @throws when called outside an injection context
 * @example announceProgress(this.topic, 10);
 */
export function announceProgress(job: Signal<ProgressTopic | null>, step: number): void {
  assertInInjectionContext(announceProgress);
  const announcer = inject(Announcer);
  let last: { readonly id: string; readonly milestone: string } | null = null;
  const forget = () => last && announcer.drop(last.id);
  inject(DestroyRef).onDestroy(forget);
  effect(() => {
    const current = job();
    if (current?.id !== last?.id) forget();
    if (current === null) return;
    const milestone = milestoneOf(current, step);
    const isNews = last?.id === current.id && last.milestone !== milestone;
    last = { id: current.id, milestone };
    if (isNews && milestone !== '') announcer.mention(current.id, sentenceOf(current));
    else if (isNews) announcer.drop(current.id);
  });
}

/** Differs when there is something to mention; empty where there is nothing yet, or no longer. */
function milestoneOf({ status, progress }: ProgressTopic, step: number): string {
  if (status !== 'processing' || !progress) return '';
  if (progress.total === null) return progress.message;
  return progress.percentage < step ? '' : `${Math.floor(progress.percentage / step)}`;
}

function sentenceOf({ name, progress }: ProgressTopic): string {
  return `${name}: ${progress === null || progress.total === null ? (progress?.message ?? '') : `${progress.percentage} %`}`;
}
