import { Directive, output, signal } from '@angular/core';

/**
 * Takes files that are dropped on its element; the class `dropping` shows that it would.
 *
 * @example <section harmoniaFileDrop (filesDropped)="upload($event)"></section>
 */
@Directive({
  selector: '[harmoniaFileDrop]',
  host: {
    '[class.dropping]': 'over()',
    '(dragover)': 'hover($event)',
    '(dragleave)': 'over.set(false)',
    '(drop)': 'take($event)',
  },
})
export class FileDrop {
  readonly filesDropped = output<readonly File[]>();
  protected readonly over = signal(false);

  protected hover(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.over.set(true);
  }

  protected take(event: DragEvent): void {
    const files = [...(event.dataTransfer?.files ?? [])];
    this.over.set(false);
    if (files.length === 0) return;
    event.preventDefault();
    this.filesDropped.emit(files);
  }
}
