import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { sparklinePath, type Point } from './sparkline-path';

/**
 * How a figure went over the last minutes, small, and in words for those who do not see it.
 *
 * @example <harmonia-sparkline [points]="points()" [spanMs]="300_000" words="Connections in the last 5 minutes: 2 to 14, now 12" />
 */
@Component({
  selector: 'harmonia-sparkline',
  template: `
    <svg viewBox="0 0 100 30" preserveAspectRatio="none" role="img" [attr.aria-label]="words()">
      <path [attr.d]="path()" vector-effect="non-scaling-stroke" />
    </svg>
  `,
  styles: `
    :host {
      display: block;
    }

    svg {
      display: block;
      overflow: visible;
      width: 100%;
      height: 2rem;
      border-bottom: 1px solid var(--mat-sys-outline-variant);
    }

    path {
      fill: none;
      stroke: var(--mat-sys-primary);
      stroke-linecap: round;
      stroke-linejoin: round;
      stroke-width: 2px;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Sparkline {
  /** Oldest first. */
  readonly points = input.required<readonly Point[]>();
  /** Milliseconds from the left edge to the right one, which is the newest point. */
  readonly spanMs = input.required<number>();
  readonly words = input.required<string>();
  protected readonly path = computed(() => sparklinePath(this.points(), this.spanMs()));
}
