import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';
import { Icon } from './icon';
import { Notice } from './notice';

/**
 * In the place of what cannot be shown without a connection: why there is none, and the way to try again.
 *
 * @example <harmonia-connection-notice phase="lost" reason="The gateway cannot be reached." (retry)="connection.retry()" />
 */
@Component({
  selector: 'harmonia-connection-notice',
  imports: [Icon, Notice],
  template: `
    @let isLost = phase() === 'lost';
    <harmonia-notice
      [class.error]="!isLost"
      [level]="level()"
      [icon]="isLost ? 'offline' : 'error'"
      [heading]="isLost ? 'No connection to the server' : 'The server refused the connection'"
    >
      {{ reason() }}
      {{ isLost ? 'This page keeps trying, and shows your jobs as soon as it can.' : 'This page does not try again by itself.' }}
      @if (retryIn() !== null) {
        <span class="countdown" aria-hidden="true">Next try in {{ retryIn() }} s.</span>
      }
      <button actions class="button tonal" type="button" (click)="retry.emit()">
        <harmonia-icon name="refresh" /> {{ isLost ? 'Try now' : 'Try again' }}
      </button>
    </harmonia-notice>
  `,
  host: { role: 'alert', style: 'display: block' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConnectionNotice {
  readonly phase = input.required<'lost' | 'refused'>();
  /** A sentence that says why. */
  readonly reason = input.required<string>();
  /** Whole seconds until the next try, null while none is waited for. Not read out: it changes every second. */
  readonly retryIn = input<number | null>(null);
  /** 1 where it is the whole page. */
  readonly level = input<1 | 2>(2);
  readonly retry = output();
}
