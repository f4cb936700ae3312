import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { JobStatus } from '@harmonia/contract';
import { Icon, type IconName } from './icon';

/** What people call each status. */
export const STATUS_WORDS = {
  queued: 'Queued',
  processing: 'Running',
  completed: 'Completed',
  failed: 'Failed',
  cancelled: 'Cancelled',
} as const satisfies Record<JobStatus, string>;

const ICONS = {
  queued: 'clock',
  processing: 'running',
  completed: 'check',
  failed: 'error',
  cancelled: 'cancel',
} as const satisfies Record<JobStatus, IconName>;

/**
 * A job's status as a word with a shape and a colour, so that no one of them has to be seen.
 *
 * @example <harmonia-status-badge [status]="job.status" />
 */
@Component({
  selector: 'harmonia-status-badge',
  imports: [Icon],
  template: '<harmonia-icon [name]="icon()" />{{ word() }}',
  styleUrl: './status-badge.css',
  host: { '[class]': 'status()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class StatusBadge {
  readonly status = input.required<JobStatus>();
  protected readonly icon = computed(() => ICONS[this.status()]);
  protected readonly word = computed(() => STATUS_WORDS[this.status()]);
}
