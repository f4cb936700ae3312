import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import type { JobStatus } from '@harmonia/contract';
import { Icon, type IconName } from './icon';

const LOOKS = {
  queued: { icon: 'clock', word: 'Queued' },
  processing: { icon: 'running', word: 'Running' },
  completed: { icon: 'check', word: 'Completed' },
  failed: { icon: 'error', word: 'Failed' },
  cancelled: { icon: 'cancel', word: 'Cancelled' },
} as const satisfies Record<JobStatus, { readonly icon: IconName; readonly word: string }>;

/**
 * A job's status as a word with a shape and a colour, so that no one of them has to be seen.
 *
 * @example <harmonia-status-badge [status]="job.status" />
 */
@Component({
  selector: 'harmonia-status-badge',
  imports: [Icon],
  template: '<harmonia-icon [name]="look().icon" />{{ look().word }}',
  styleUrl: './status-badge.css',
  host: { '[class]': 'status()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class StatusBadge {
  readonly status = input.required<JobStatus>();
  protected readonly look = computed(() => LOOKS[this.status()]);
}
