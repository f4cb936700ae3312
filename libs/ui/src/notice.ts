import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { Icon, type IconName } from './icon';

/**
 * A page or a part of it that has nothing else to show: what is so, why, and what can be done about it.
 *
 * @example <harmonia-notice icon="offline" heading="No connection">It comes back by itself. <button>Try now</button></harmonia-notice>
 */
@Component({
  selector: 'harmonia-notice',
  imports: [Icon],
  template: `
    <harmonia-icon [name]="icon()" />
    @if (level() === 1) {
      <h1>{{ heading() }}</h1>
    } @else {
      <h2>{{ heading() }}</h2>
    }
    <div class="text"><ng-content /></div>
    <div class="actions"><ng-content select="[actions]" /></div>
  `,
  styleUrl: './notice.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Notice {
  readonly icon = input.required<IconName>();
  readonly heading = input.required<string>();
  /** 1 where it is the whole page. */
  readonly level = input<1 | 2>(2);
}
