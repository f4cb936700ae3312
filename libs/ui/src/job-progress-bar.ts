import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { JobProgress, JobStatus } from '@harmonia/contract';
import { ProgressBar } from './progress-bar';

/**
 * How far a job is, as a bar: indeterminate while it runs without a known total [R5]; full once it has completed.
 *
 * @example <harmonia-job-progress-bar [status]="job.status" [progress]="job.progress" label="Report.pdf" />
 */
@Component({
  selector: 'harmonia-job-progress-bar',
  imports: [ProgressBar],
  template: '<harmonia-progress-bar [value]="value()" [label]="label()" />',
  styleUrl: './job-progress-bar.css',
  host: { '[class]': 'status()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JobProgressBar {
  readonly status = input.required<JobStatus>();
  readonly progress = input.required<JobProgress | null>();
  /** What the bar is about, for those who do not see it. */
  readonly label = input.required<string>();

  protected readonly value = computed(() => {
    const status = this.status();
    const progress = this.progress();
    if (status === 'completed') return 100;
    if (status === 'processing' && (progress?.total ?? null) === null) return null;
    return progress?.percentage ?? 0;
  });
}
