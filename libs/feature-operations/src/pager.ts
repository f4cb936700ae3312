import { ChangeDetectionStrategy, Component, input, output } from '@angular/core';

/**
 * Turns the pages of a table. Its buttons stay where they are, and keep the focus when there is no further page.
 *
 * @example <harmonia-pager of="connections" [words]="'1–200 of 1,234'" [hasNext]="true" (turned)="turn($event)" />
 */
@Component({
  selector: 'harmonia-pager',
  template: `
    <span role="status">{{ words() }}</span>
    <button
      class="button outlined"
      type="button"
      [attr.aria-label]="'Previous page of ' + of()"
      [attr.aria-disabled]="!hasPrevious()"
      (click)="hasPrevious() && turned.emit(false)"
    >
      Previous
    </button>
    <button
      class="button outlined"
      type="button"
      [attr.aria-label]="'Next page of ' + of()"
      [attr.aria-disabled]="!hasNext()"
      (click)="hasNext() && turned.emit(true)"
    >
      Next
    </button>
  `,
  styles: `
    :host {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem 0.75rem;
      align-items: center;
      justify-content: end;
      color: var(--mat-sys-on-surface-variant);
      font: var(--mat-sys-body-medium);
      font-variant-numeric: tabular-nums;
    }

    span {
      flex: 1 1 7rem;
    }

    .button {
      padding-inline: 1rem;
    }

    [aria-disabled='true'] {
      --button-label: color-mix(in srgb, var(--mat-sys-on-surface) 38%, transparent);
      --button-layer: 0%;
      cursor: default;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Pager {
  /** What the pages are of. */
  readonly of = input.required<string>();
  /** Where in all this page is. */
  readonly words = input.required<string>();
  readonly hasPrevious = input.required<boolean>();
  readonly hasNext = input.required<boolean>();
  /** Whether forward. */
  readonly turned = output<boolean>();
}
