import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import type { Job } from '@harmonia/contract';

/** What every contender shows of a job. */
@Component({
  selector: 'bench-job-card',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (job(); as job) {
      <h2>{{ job.title }}</h2>
      <progress max="100" [value]="job.progress?.percentage ?? 0"></progress>
      <p>{{ job.status }} {{ job.progress?.current }} / {{ job.progress?.total }} {{ job.progress?.message }}</p>
    }
  `,
})
export class JobCard {
  readonly job = input.required<Job | null>();
}
