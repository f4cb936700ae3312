import { DatePipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Clock } from './clock';

const STEPS = [
  { unit: 'day', seconds: 86_400 },
  { unit: 'hour', seconds: 3_600 },
  { unit: 'minute', seconds: 60 },
] as const;

const words = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/**
 * How long ago something was; the exact time is its title.
 *
 * @example <harmonia-time-ago [time]="job.createdAt" />
 */
@Component({
  selector: 'harmonia-time-ago',
  imports: [DatePipe],
  template: `<time [attr.datetime]="time()" [title]="time() | date: 'medium'">{{ ago() }}</time>`,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TimeAgo {
  /** ISO 8601. */
  readonly time = input.required<string>();
  private readonly now = inject(Clock).now;

  protected readonly ago = computed(() => {
    const seconds = (this.now() - Date.parse(this.time())) / 1000;
    const step = STEPS.find((one) => seconds >= one.seconds);
    return step ? words.format(-Math.floor(seconds / step.seconds), step.unit) : 'just now';
  });
}
