import { DatePipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, effect, inject, input, signal } from '@angular/core';
import { explain, JobsHttp } from '@harmonia/data-access';
import { Icon, STATUS_WORDS } from '@harmonia/ui';
import type { Job } from '@harmonia/contract';
import { historySteps, type HistoryStep } from './history-steps';

const REASONS = { interrupted: 'Interrupted; starts anew.', retrying: 'Tries again by itself.' } as const;

/** What was heard of the history of one job. */
interface Heard {
  readonly id: string;
  readonly steps: readonly HistoryStep[] | null;
  readonly problem: string | null;
}

/** What became of a job and when, asked for again whenever its status or attempt has changed. */
@Component({
  selector: 'harmonia-job-history',
  imports: [DatePipe, Icon],
  templateUrl: './job-history.html',
  styleUrl: './job-history.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JobHistory {
  readonly job = input.required<Job>();

  private readonly jobs = inject(JobsHttp);
  private readonly tries = signal(0);
  private readonly last = signal<Heard | null>(null);
  private readonly id = computed(() => this.job().id);
  /** Differs when there is something new to ask for; progress alone is not. */
  private readonly question = computed(() => [this.tries(), this.id(), this.job().attempt, this.job().status].join(' '));

  protected readonly reasons = REASONS;
  protected readonly words = STATUS_WORDS;
  /** Of another job nothing is shown. */
  protected readonly heard = computed(() => (this.last()?.id === this.id() ? this.last() : null));

  constructor() {
    effect((onCleanup) => {
      this.question();
      let isAwaited = true;
      onCleanup(() => (isAwaited = false));
      void this.ask(this.id()).then((heard) => isAwaited && this.last.set(heard));
    });
  }

  protected retry(): void {
    this.last.set(null);
    this.tries.update((count) => count + 1);
  }

  private ask(id: string): Promise<Heard> {
    return this.jobs.history(id).then(
      (history) => ({ id, steps: historySteps(history), problem: null }),
      (error: unknown) => ({ id, steps: null, problem: explain(error) }),
    );
  }
}
