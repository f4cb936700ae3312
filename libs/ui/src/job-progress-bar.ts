import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { MatProgressBar } from '@angular/material/progress-bar';
import type { JobProgress, JobStatus } from '@harmonia/contract';

/**
 * How far a job is, as a bar: indeterminate while it runs without a known total [R5]; full once it has completed.
 *
 * @example <harmonia-job-progress-bar [status]="job.status" [progress]="job.progress" label="Report.pdf" />
 */
@Component({
  selector: 'harmonia-job-progress-bar',
  imports: [MatProgressBar],
  template: '<mat-progress-bar [mode]="mode()" [value]="value()" [aria-label]="label()" />',
  styleUrl: './job-progress-bar.css',
  host: { '[class]': 'status()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class JobProgressBar {
  readonly status = input.required<JobStatus>();
  readonly progress = input.required<JobProgress | null>();
  /** What the bar is about, for those who do not see it. */
  readonly label = input.required<string>();

  protected readonly mode = computed(() =>
    this.status() === 'processing' && (this.progress()?.total ?? null) === null ? 'indeterminate' : 'determinate',
  );
  protected readonly value = computed(() => (this.status() === 'completed' ? 100 : (this.progress()?.percentage ?? 0)));
}
