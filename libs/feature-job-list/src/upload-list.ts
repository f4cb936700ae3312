import {
  afterNextRender,
  ChangeDetectionStrategy,
  Component,
  effect,
  ElementRef,
  inject,
  Injector,
  output,
  viewChildren,
} from '@angular/core';
import { FileSize, ProgressBar } from '@harmonia/ui';
import type { Upload } from './upload';
import { Uploads } from './uploads';

/** The files on their way, each with how far it is and a way to give it up. Nothing while there are none. */
@Component({
  selector: 'harmonia-upload-list',
  imports: [FileSize, ProgressBar],
  templateUrl: './upload-list.html',
  styleUrl: './upload-list.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class UploadList {
  /** The last one is gone, and the focus was on it. */
  readonly focusLost = output();

  private readonly injector = inject(Injector);
  private readonly endButtons = viewChildren<ElementRef<HTMLElement>>('end');
  protected readonly uploads = inject(Uploads);

  constructor() {
    const host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
    // Runs ahead of the template: what is about to go is still there, with the focus.
    effect(() => {
      const ids = this.uploads.all().map(({ id }) => String(id));
      const rows = [...host.querySelectorAll('li')];
      const index = rows.findIndex((row) => row.contains(host.ownerDocument.activeElement));
      const id = rows[index]?.dataset['id'];
      if (id !== undefined && !ids.includes(id)) afterNextRender(() => this.focusNear(index), { injector: this.injector });
    });
  }

  /** In words, since a bar at its end that stays there looks as if it hung. */
  protected standing(upload: Upload): string {
    if (upload.phase !== 'sending') return upload.phase === 'waiting' ? 'Waits for its turn' : 'Not uploaded';
    return upload.fraction < 1 ? `${Math.floor(upload.fraction * 100)} %` : 'Sent, is being checked';
  }

  private focusNear(index: number): void {
    const buttons = this.endButtons();
    const next = buttons[index] ?? buttons.at(-1);
    if (next) next.nativeElement.focus();
    else this.focusLost.emit();
  }
}
