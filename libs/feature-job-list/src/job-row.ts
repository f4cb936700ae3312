import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { injectJobProgress, type JobEntity } from '@harmonia/data-access';
import { announceProgress, JobProgressBar, StatusBadge, TimeAgo } from '@harmonia/ui';

/** One job in the list. It alone redraws when its progress changes. */
@Component({
  selector: 'harmonia-job-row',
  imports: [JobProgressBar, RouterLink, StatusBadge, TimeAgo],
  templateUrl: './job-row.html',
  styleUrl: './job-row.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JobRow {
  readonly job = input.required<JobEntity>();

  protected readonly progress = injectJobProgress(computed(() => this.job().id));
  protected readonly name = computed(() => this.job().title ?? this.job().id);
  protected readonly isRunning = computed(() => this.job().status === 'processing');
  /** Percent where they are known and tell something. */
  protected readonly percentage = computed(() => {
    const progress = this.progress();
    return progress && progress.total !== null && this.job().status !== 'completed' ? progress.percentage : null;
  });

  constructor() {
    const topic = computed(() => ({ id: this.job().id, name: this.name(), status: this.job().status, progress: this.progress() }));
    announceProgress(topic, 25);
  }
}
