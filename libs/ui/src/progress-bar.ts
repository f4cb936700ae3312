import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/**
 * How far something is, as a bar with a name. Its colour is the custom property `--bar`.
 *
 * @example <harmonia-progress-bar [value]="40" label="Upload of Report.pdf" />
 */
@Component({
  selector: 'harmonia-progress-bar',
  template: '<span [style.inline-size.%]="value()"></span>',
  styleUrl: './progress-bar.css',
  host: {
    role: 'progressbar',
    'aria-valuemin': '0',
    'aria-valuemax': '100',
    '[attr.aria-valuenow]': 'value()',
    '[attr.aria-label]': 'label()',
    '[class.indeterminate]': 'value() === null',
  },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ProgressBar {
  /** Percent, 0–100; null where it is not known how far it goes. */
  readonly value = input.required<number | null>();
  /** What the bar is about, for those who do not see it. */
  readonly label = input.required<string>();
}
