import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** Shows a job's status as a word. */
@Component({
  selector: 'harmonia-status-badge',
  template: `{{ status() }}`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class StatusBadge {
  /** The status to show. */
  readonly status = input.required<string>();
}
