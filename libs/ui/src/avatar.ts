import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

/** The hues of faces, in degrees: far enough from each other to be told apart. */
const HUES = [25, 70, 110, 155, 200, 245, 290, 340] as const;

/**
 * The initials of somebody on a colour that is theirs, for the eye alone: say the name beside it, or label what it is in.
 *
 * @example <harmonia-avatar userId="grace" name="Grace Hopper" /> <!-- GH -->
 */
@Component({
  selector: 'harmonia-avatar',
  template: '{{ initials() }}',
  styles: `
    :host {
      display: inline-grid;
      flex: none;
      place-items: center;
      box-sizing: border-box;
      width: 2rem;
      height: 2rem;
      border-radius: 50%;
      background: light-dark(oklch(0.88 0.07 var(--hue)), oklch(0.4 0.08 var(--hue)));
      color: light-dark(oklch(0.32 0.09 var(--hue)), oklch(0.95 0.03 var(--hue)));
      font:
        600 0.75rem/1 system-ui,
        sans-serif;
      letter-spacing: 0.02em;
      user-select: none;
    }
  `,
  host: { 'aria-hidden': 'true', '[style.--hue]': 'hue()' },
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class Avatar {
  /** Whose; decides the colour. */
  readonly userId = input.required<string>();
  /** What they are called, else their id. */
  readonly name = input<string>();

  protected readonly initials = computed(() => initialsOf(this.name() ?? this.userId()));
  protected readonly hue = computed(() => {
    let sum = 0;
    for (const character of this.userId()) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 65_521;
    return HUES[sum % HUES.length];
  });
}

/** The first letter of the first word and of the last, whatever a letter takes; of one word alone, its first. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/[\s._@-]+/u);
  const letters = words.flatMap((word) => /[\p{L}\p{N}]\p{M}*/u.exec(word)?.[0] ?? []);
  const [first = '?', ...others] = letters;
  return `${first}${others.at(-1) ?? ''}`.toLocaleUpperCase('en');
}
