import { ChangeDetectionStrategy, Component, computed, effect, input, output } from '@angular/core';
import type { Notification } from '@harmonia/contract';
import { Icon } from './icon';

/** Something to read that comes by itself. */
export type ToastMessage = Pick<Notification, 'id' | 'title' | 'message' | 'level'>;

/** Milliseconds that each stays; what went wrong stays until it is dismissed. */
const STAYS_MS = { info: 8_000, success: 8_000, warning: 16_000, error: null } as const;
/** Longer for what takes longer to read. */
const MS_A_CHARACTER = 60;
const ICONS = { info: 'info', success: 'check', warning: 'warning', error: 'error' } as const;
/** Read by those who do not see the colour. */
const WORDS = { info: '', success: 'Success: ', warning: 'Warning: ', error: 'Error: ' } as const;

/**
 * One message, which goes by itself unless it tells of an error; shown by {@link Toasts}.
 *
 * @example <harmonia-toast [toast]="toast" (dismissed)="remove(toast.id)" />
 */
@Component({
  selector: 'harmonia-toast',
  imports: [Icon],
  template: `
    <harmonia-icon [name]="icons[toast().level]" />
    <div class="text" [attr.tabindex]="isLong() ? 0 : null">
      <span class="visually-hidden">{{ words[toast().level] }}</span>
      @if (toast().title; as title) {
        <strong>{{ title }}</strong>
      }
      <p>{{ toast().message }}</p>
    </div>
    <button class="button icon" type="button" [attr.aria-label]="'Dismiss: ' + name()" title="Dismiss" (click)="dismissed.emit()">
      <harmonia-icon name="close" />
    </button>
  `,
  styleUrl: './toast.css',
  host: { '[class]': 'toast().level', '(keydown.escape)': 'dismissed.emit()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Toast {
  readonly toast = input.required<ToastMessage>();
  /** While somebody may be reading, it stays; after that it has all its time again. */
  readonly paused = input(false);
  /** It was read, or has had its time. */
  readonly dismissed = output();

  protected readonly name = computed(() => this.toast().title ?? this.toast().message.slice(0, 60));
  /** What may not fit is scrolled, by keyboard too. */
  protected readonly isLong = computed(() => this.toast().message.length > 200 || this.toast().message.split('\n').length > 6);
  protected readonly icons = ICONS;
  protected readonly words = WORDS;

  constructor() {
    effect((onCleanup) => {
      const { level, message } = this.toast();
      const stays = STAYS_MS[level];
      if (stays === null || this.paused()) return;
      const timer = setTimeout(() => this.dismissed.emit(), Math.max(stays, message.length * MS_A_CHARACTER));
      onCleanup(() => clearTimeout(timer));
    });
  }
}
