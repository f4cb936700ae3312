import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { Icon } from './icon';

const ICONS = { lost: 'offline', stale: 'clock', refused: 'error' } as const;

/**
 * Above what is shown but may be old by now: that it may, and why. Silent to screen readers as it comes, since the
 * {@link ConnectionBadge} tells them.
 *
 * @example <harmonia-connection-strip phase="lost" reason="The connection was lost." [retryIn]="8" />
 */
@Component({
  selector: 'harmonia-connection-strip',
  imports: [Icon],
  template: `
    <harmonia-icon [name]="icons[phase()]" />
    <span class="text">
      {{ reason() }} What you see may be out of date.
      @if (retryIn() !== null) {
        <span class="countdown" aria-hidden="true">Next try in {{ retryIn() }} s.</span>
      }
    </span>
  `,
  styleUrl: './connection-strip.css',
  host: { '[class]': 'phase()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ConnectionStrip {
  readonly phase = input.required<'lost' | 'stale' | 'refused'>();
  /** A sentence that says why. */
  readonly reason = input.required<string>();
  /** Whole seconds until the next try, null while none is waited for. Not read out: it changes every second. */
  readonly retryIn = input<number | null>(null);
  protected readonly icons = ICONS;
}
