import { ChangeDetectionStrategy, Component, DestroyRef, inject, signal } from '@angular/core';

/** From then on a page that only says that it loads looks as if it hung. */
const PATIENCE_MS = 3_000;

/**
 * Inside what says that something loads: after three seconds, that it takes longer than usual. Put it into a `role="status"`,
 * which tells screen readers as well.
 *
 * @example <div role="status">Loading… <harmonia-long-wait /></div>
 */
@Component({
  selector: 'harmonia-long-wait',
  template: `@if (isLong()) {
    <p>The server takes longer to answer than usual. This page keeps trying.</p>
  }`,
  styles: `
    p {
      margin: 0;
      color: var(--mat-sys-on-surface-variant);
      font: var(--mat-sys-body-medium);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class LongWait {
  protected readonly isLong = signal(false);

  constructor() {
    const timer = setTimeout(() => this.isLong.set(true), PATIENCE_MS);
    inject(DestroyRef).onDestroy(() => clearTimeout(timer));
  }
}
