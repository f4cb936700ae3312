import { ChangeDetectionStrategy, Component, computed, DOCUMENT, effect, ElementRef, inject, input, output, signal } from '@angular/core';
import { Toast, type ToastMessage } from './toast';

/** More at once is not read; the others wait behind these. */
const MOST_SHOWN = 3;

/**
 * Messages at the edge of the page, the newest last. They go by themselves, errors only when they are dismissed; none goes
 * while the pointer or the focus is on them, or while the page is not seen. Silent to screen readers as they come: tell the
 * {@link Announcer} too.
 *
 * @example <harmonia-toasts [toasts]="told.notifications()" (dismissed)="told.dismiss($event)" />
 */
@Component({
  selector: 'harmonia-toasts',
  imports: [Toast],
  templateUrl: './toasts.html',
  styleUrl: './toasts.css',
  host: { '(document:visibilitychange)': 'look()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Toasts {
  /** Newest first. */
  readonly toasts = input.required<readonly ToastMessage[]>();
  /** The id of one that was read, or has had its time. */
  readonly dismissed = output<string>();

  private readonly document = inject(DOCUMENT);
  private readonly element = inject<ElementRef<HTMLElement>>(ElementRef);
  private readonly hidden = signal(this.document.hidden);
  /** Where the focus came from, to go back to. */
  private cameFrom: HTMLElement | null = null;

  protected readonly shown = computed(() => this.toasts().slice(0, MOST_SHOWN).toReversed());
  protected readonly waiting = computed(() => this.toasts().length - this.shown().length);
  private readonly pointed = signal(false);
  private readonly focused = signal(false);
  protected readonly paused = computed(() => this.pointed() || this.focused() || this.hidden());

  constructor() {
    // What has gone from under the pointer, or with the focus, does not say so.
    effect(() => {
      if (this.toasts().length > 0) return;
      this.pointed.set(false);
      this.focused.set(false);
    });
  }

  protected look(): void {
    this.hidden.set(this.document.hidden);
  }

  protected point(isOn: boolean): void {
    this.pointed.set(isOn);
  }

  protected enter({ relatedTarget }: FocusEvent): void {
    this.focused.set(true);
    if (relatedTarget instanceof HTMLElement && !this.element.nativeElement.contains(relatedTarget)) this.cameFrom = relatedTarget;
  }

  protected leave({ relatedTarget }: FocusEvent): void {
    this.focused.set(relatedTarget instanceof Node && this.element.nativeElement.contains(relatedTarget));
  }

  /** The focus goes to the next one, after the last to where it came from. */
  protected dismiss(id: string): void {
    const { nativeElement } = this.element;
    const hadFocus = nativeElement.contains(this.document.activeElement);
    const others = [...nativeElement.querySelectorAll<HTMLElement>('[data-toast]')].filter((item) => item.dataset['toast'] !== id);
    const next = others.at(-1)?.querySelector('button');
    if (hadFocus) (next ?? this.cameFrom)?.focus();
    this.dismissed.emit(id);
  }

  protected dismissAll(): void {
    this.cameFrom?.focus();
    for (const { id } of this.toasts()) this.dismissed.emit(id);
  }
}
